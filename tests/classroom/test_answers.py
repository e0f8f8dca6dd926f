"""What a class answers: kept once it is agreed to, without a name, and disturbing nobody."""

import contextlib
import errno
import getpass
import json
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import check_descent, check_gradient, clear_class, join_class, predict, show_class
from helpers.classroom import box, join, lessons, tally
from helpers.classroom.answers import Answer, answer_from, read_codes
from helpers.compute import answers as heard
from tests.rules import exercises
from tests.series import code_cells, paths, read, tags

AT = {"w": 1.0, "x": 1.0, "y": 2.0}
QUESTION, OPTIONS = "The sign of the slope of the loss at w = 1", ["negative", "zero", "positive"]


def squared_error(w, x, y):
    return (w * x - y) ** 2


def gradient(w, x, y):
    return -2 * (w * x - y) * x


def train(w, x, y, learning_rate, steps):
    return ...


def record(question, guess, options=()):
    asked = predict(question, options)
    asked.controls["guess"].value = guess
    asked.record()


def check():
    return check_gradient(gradient, squared_error, wrt="w", at=AT)


@pytest.fixture
def student(tmp_path):
    """A student who has not agreed yet, and the folder of the class."""
    join._member = None
    member = join_class(tmp_path)
    yield member
    member.leave()


def wait_until(reached):
    """Answers are written beside the student, who does not wait."""
    end = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.01)


def kept(folder, count):
    """The answers in a folder, once there are so many."""
    found = box.Box(folder)

    def reached():
        found.look()
        return len(found.answers) == count

    wait_until(reached)
    assert found.skipped == 0
    return found.answers


def test_nothing_is_kept_before_the_student_agrees_and_after_they_stop(student, tmp_path):
    record(QUESTION, "zero", OPTIONS)
    student.agree()
    student.leave()
    record(QUESTION, "positive", OPTIONS)
    check()
    time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []


def test_guesses_and_verdicts_are_kept_and_nothing_else_is(student, tmp_path):
    student.agree()
    student.agree()  # twice is once
    record(QUESTION, "negative", OPTIONS)
    record("What is the new w?", "-1/4")
    check()
    check_descent(train, squared_error, wrt="w", at=AT, learning_rate=0.1, steps=2)
    answers = kept(tmp_path, 4)
    assert sorted(a.answer for a in answers) == ["blank", "n-0.25", "o0", "sign"]
    assert len({a.student for a in answers}) == 1 and len({a.item for a in answers}) == 4
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o777 == 0o644 and getpass.getuser() not in path.name
        assert set(json.loads(path.read_text())) == {"item", "student", "answer", "when"}
        for private in (getpass.getuser(), "gradient", "slope", "new w"):
            assert private not in path.read_text()


def test_a_student_is_told_in_two_sentences_what_is_kept(student, tmp_path):
    for text in (join.KEPT_IN_A_FOLDER, join.KEPT_IN_A_CODE):
        assert text.count(". ") == 1 and text.startswith("If you agree, ")
    assert "which account wrote a file" in join.KEPT_IN_A_FOLDER
    assert "clear_class()" in join.KEPT_IN_A_FOLDER
    assert join_class(tmp_path) is student, "a cell that is run again shows the same student"


@pytest.mark.parametrize("trouble", ["no folder", "full disk"])
def test_trouble_with_the_folder_disturbs_no_student(student, tmp_path, monkeypatch, trouble):
    student.agree()
    before = str(check())
    kept(tmp_path, 1)
    clear_class(tmp_path)
    if trouble == "no folder":
        tmp_path.rmdir()
    else:
        monkeypatch.setattr(box.os, "fdopen", _on_a_full_disk)
    assert str(check()) == before
    record(QUESTION, "zero", OPTIONS)
    assert predict(QUESTION, OPTIONS).guess == "zero"
    wait_until(lambda: "could not be kept" in student._status.value)
    wait_until(lambda: not tmp_path.exists() or not list(tmp_path.iterdir()))


def _on_a_full_disk(descriptor, mode):
    os.close(descriptor)
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_listener_that_fails_disturbs_nobody():
    def fails(kind, **facts):
        raise RuntimeError

    heard.listen(fails)
    try:
        assert check().mistake == "sign"
    finally:
        heard.stop_listening(fails)


def test_a_wrong_use_of_a_check_is_said_as_before():
    with pytest.raises((TypeError, ValueError)):
        check_gradient(gradient, squared_error, wrt="q", at=AT)
    with pytest.raises(TypeError, match="wrt"):
        check_gradient(gradient, squared_error, at=AT)
    assert check_gradient.__doc__.startswith("The reader's derivative")


def some_answers(students=30, each=6):
    ids = ["".join(random.choice(join.LETTERS) for _ in range(6)) for _ in range(students)]
    return [
        Answer(f"{number:06x}", student, f"o{number % 3}", 1e9 + number)
        for student in ids
        for number in range(each)
    ]


def test_thirty_students_write_at_once(tmp_path):
    answers = some_answers()
    with ThreadPoolExecutor(30) as pool:
        list(pool.map(lambda answer: box.put(tmp_path, answer), answers))
    assert set(kept(tmp_path, len(answers))) == set(answers)


def test_garbage_is_skipped_and_counted(tmp_path):
    good = some_answers(1, 1)[0]
    box.put(tmp_path, good)
    text = good.text()
    garbage = [
        b"\xff\xfe\x00",
        b"{",
        b"[]",
        b"null",
        b"[" * 900,
        b" " * 5000,
        text.replace("o0", "o0; rm -r /").encode(),
        text.replace("o0", "<b>x</b>").encode(),
        text.replace('"when": ', '"when": NaN, "x": ').encode(),
        text.replace(f'"{good.answer}"', "7").encode(),
        text.replace("1000000000.0", "NaN").encode(),
        text.replace("1000000000.0", "1e400").encode(),
        text.replace("1000000000.0", "true").encode(),
    ]
    for number, content in enumerate(garbage):
        (tmp_path / f"{number}.json").write_bytes(content)
    (tmp_path / "folder").mkdir()
    special = 1
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "link").symlink_to(next(tmp_path.glob("????????????????.json")))
        special = 3
    found = box.Box(tmp_path)
    (tmp_path / "being_written").touch()
    found.look()
    found.look()
    assert found.answers == [good] and found.skipped == len(garbage) + special
    (tmp_path / "being_written").write_text(text)
    found.look()
    assert found.answers == [good, good]
    assert "skipped 16" in str(show_class("01", tmp_path).words) or special == 1


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_an_answer_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        Answer.read(text)
    read_codes(text)


def test_codes_are_found_in_a_chat_and_damaged_ones_counted():
    answers = [
        Answer("a1b2c3", "abcdef", answer)
        for answer in ("o0", "o12", "n-0.25", "n1.2e-7", "n4", "right", "blank", "missing-factor-2")
    ]
    chat = "\n".join(f"09:0{n} Ana: my code is {a.code()}, hi!" for n, a in enumerate(answers))
    broken = answers[0].code()[:-1] + ("0" if answers[0].code()[-1] != "0" else "1")
    assert read_codes(f"{chat}\nno code\n{broken}\n{answers[1].code()}x") == (answers, 1)
    assert all(len(answer.code()) < 50 for answer in answers)


def test_without_a_folder_a_student_gets_a_code(monkeypatch):
    monkeypatch.delenv(box.VARIABLE, raising=False)
    join._member = None
    member = join_class()
    member.agree()
    try:
        record(QUESTION, "zero", OPTIONS)
        (answer,), _ = read_codes(member._status.value)
        assert answer.answer == "o1"
        view = show_class("01", pasted=f"Ben: {answer.code()}")
        assert view.state.students == 1
    finally:
        member.leave()


def test_the_hub_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(box.VARIABLE, str(tmp_path))
    join._member = None
    assert join_class().folder == tmp_path
    assert show_class("01").source.folder == tmp_path
    monkeypatch.delenv(box.VARIABLE)
    for call in (lambda: show_class("01"), clear_class):
        with pytest.raises(ValueError, match=box.VARIABLE):
            call()
    with pytest.raises(ValueError, match="there are: 00, 01"):
        show_class("99")


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_every_question_and_every_blank_with_a_function_can_be_shown(path):
    notebook = read(path)
    items = lessons.items(path)
    sources = [cell.source for cell in code_cells(notebook)]
    questions = [item for item in items if item.kind == "question"]
    assert len(questions) == sum(source.count("predict(") for source in sources)
    written = [c for c in code_cells(notebook) if "blank" in tags(c) and "def " in c.source]
    assert len(items) - len(questions) == len(written)
    assert len({item.item for item in items}) == len(items)
    assert all(item.heading for item in items) and list(exercises(notebook))


def test_what_a_check_tells_is_known_in_its_lesson():
    told = []

    def hear(kind, **facts):
        told.append(answer_from(kind, "abcdef", facts))

    heard.listen(hear)
    try:
        check()
        record(QUESTION, "negative", OPTIONS)
    finally:
        heard.stop_listening(hear)
    known = {item.item for item in lessons.items(lessons.find("1"))}
    assert {answer.item for answer in told} <= known


# --- The view --------------------------------------------------------------------------------

FIRST = lessons.items(lessons.find("01"))
SIGN, BLANK, WEIGHT = FIRST[:3]


def class_of_three():
    """Two change their mind on a question; one finds a blank's mistake, another does not."""
    return [
        Answer(SIGN.item, "aaaaaa", "o1", 60),
        Answer(SIGN.item, "bbbbbb", "o2", 0),
        Answer(SIGN.item, "cccccc", "o0", 120),
        Answer(SIGN.item, "aaaaaa", "o0", 180),
        Answer(SIGN.item, "bbbbbb", "o0", 240),
        Answer(BLANK.item, "aaaaaa", "sign", 300),
        Answer(BLANK.item, "aaaaaa", "right", 360),
        Answer(BLANK.item, "bbbbbb", "only-here", 330),
        Answer("ffffff", "dddddd", "right", 400),  # of another lesson
    ]


def test_answers_are_added_up_before_and_after_a_second_vote():
    seen = tally.of_item(SIGN, class_of_three())
    assert seen.rows == (("negative", 1, 3), ("zero", 1, 0), ("positive", 1, 0))
    assert seen.students == 3
    assert seen.curves[0] == ("negative", (0, 1, 2, 3, 4), (0, 0, 1, 2, 3))


def test_mistakes_at_a_blank_are_added_up_over_time():
    seen = tally.of_item(BLANK, class_of_three())
    assert set(seen.rows) == {("right", 0, 1), ("sign", 1, 0), ("only-here", 1, 1)}
    curves = {label: counts for label, _, counts in seen.curves}
    assert curves == {"sign": (1, 1, 0), "only-here": (0, 1, 1), "right": (0, 0, 1)}


def test_how_far_the_class_is():
    seen = tally.of_lesson(FIRST, class_of_three())
    assert seen.students == 3
    assert seen.rows[:3] == (
        ("Step 3 (guess)", 3, 3),
        ("Step 4 (blank)", 2, 1),
        ("Step 6 (guess)", 0, 0),
    )


def test_many_numbers_are_put_together():
    answers = [Answer(WEIGHT.item, f"{join.LETTERS[n]}aaaaa", f"n{n}", n) for n in range(20)]
    rows = tally.of_item(WEIGHT, [*answers, Answer(WEIGHT.item, "zzzzzz", "n-4", 30)]).rows
    assert len(rows) == tally.MOST_ROWS and sum(row[2] for row in rows) == 21
    assert "−4" in {label for label, _, _ in rows} and rows[-1][0].endswith("others")


def test_the_view_draws_what_comes(tmp_path):
    view = show_class("01", tmp_path)
    assert "nobody has answered yet" in view.words.picture
    for answer in class_of_three():
        box.put(tmp_path, answer)
    view.controls["live"].value += 1
    assert view.state.students == 3
    view.controls["what"].value = next(iter(view.items))
    bars = view.figure.axes[0]
    widths = [bar.get_width() for bar in bars.patches]
    assert widths == [1, 1, 1, 3, 0, 0]
    labels = [text.get_text() for text in bars.get_yticklabels()]
    assert labels == ["negative", "zero", "positive"]
    assert "3 × negative" in view.words.picture and view.png().startswith(b"\x89PNG")
    box.put(tmp_path, Answer(SIGN.item, "dddddd", "o2", 500))
    view.controls["look"].click()
    assert "1 × positive" in view.words.picture


def test_a_folder_that_cannot_be_read_is_said(tmp_path):
    view = show_class("01", tmp_path / "gone")
    assert "cannot be read" in view.words.notice


def test_a_teacher_deletes_what_is_kept(tmp_path):
    for answer in some_answers(3, 2):
        box.put(tmp_path, answer)
    (tmp_path / "folder").mkdir()
    assert clear_class(tmp_path) == {"gone": 6, "stayed": 1}
