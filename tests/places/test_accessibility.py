"""The checks of tests/browser.py find what is planted in a small page like that of an explorer."""

import pytest

from tests.browser import (
    Explorer,
    Lesson,
    browser,
    nameless,
    unreached,
    violations,
    without_alt,
)

PAGE = """<!DOCTYPE html><html lang="en"><title>An explorer</title><main>
<div class="jp-OutputArea-output"><div class="jupyter-widgets" style="width:600px">
    <div class="widget-slider">
        <div role="slider" tabindex="0" aria-label="weight w" aria-valuemin="0" aria-valuemax="4"
            style="width:20px;height:20px"></div>
        <div class="widget-readout" contenteditable="true" role="textbox" aria-label="typed"></div>
    </div>
    <button class="widget-button" id="step">Take a step</button>
    <button class="widget-button" id="reset">Reset</button>
    <div class="explorer">
        <img alt="">
        <div style="width:300px"><span>weight</span> <span data-name="w"></span></div>
        <p>The line rises.</p>
    </div>
</div></div></main>
<script>{
    const [slider, typed, image, number, step, reset] = ['[role=slider]', '.widget-readout',
        'img', '[data-name]', '#step', '#reset'].map(one => document.querySelector(one));
    const show = w => {
        slider.setAttribute('aria-valuenow', w);
        typed.textContent = number.textContent = w;
        image.alt = `A line of slope ${w}.`;
        image.src = 'data:image/svg+xml,' + encodeURIComponent(
            `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="9" id="_${w}"/>`);
    };
    slider.onkeydown = ({key}) => {
        if (key.startsWith('Arrow')) show(+typed.textContent + (key === 'ArrowRight' ? 1 : -1));
    };
    typed.onkeydown = event => {
        if (event.key === 'Enter') { event.preventDefault(); show(+typed.textContent); }
    };
    step.onclick = () => show(+typed.textContent + 0.5);
    reset.onclick = () => show(1);
    show(1);
}</script></html>"""
NUMBER = '<span data-name="w">'


@pytest.fixture(scope="module")
def page():
    with browser() as chromium:
        yield chromium.new_page()


def faults(page):
    return Explorer(page.locator(".jp-OutputArea-output")).faults()


def untidy(page):
    return Lesson(page, "").untidy()


CHECKS = (faults, nameless, unreached, untidy, violations, without_alt)


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    monkeypatch.setattr("tests.browser.SECONDS_TO_REACT", 0.5)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_page_without_faults_passes(page, check):
    page.set_content(PAGE)
    assert check(page) == []


@pytest.mark.parametrize(
    ("check", "right", "planted", "says"),
    [
        (faults, "image.alt = ", "image.title = ", "weight w: the alt text stays the same"),
        (faults, "step.onclick = ", "step.title = ", "Take a step: nothing changes"),
        (faults, "reset.onclick = () => show(1)", "1", "Reset does not bring back the start"),
        (faults, "reset.onclick = () => show(1)", "reset.onclick = () => show(2)", "bring back"),
        (faults, "startsWith('Arrow')", "startsWith('Page')", "weight w: nothing changes"),
        (faults, "show(+typed.textContent);", "show(2);", "typed: 0 was typed and 2 is shown"),
        (faults, "<p>", '<p><a href="#">more</a>', "more: a kind of control"),
        (faults, ">Reset<", ">Back<", "there is no Reset"),
        (nameless, 'aria-label="weight w"', "", 'role="slider"'),
        (nameless, 'aria-label="typed"', 'aria-label="…"', "widget-readout"),
        (nameless, ">Take a step<", "><", "button"),
        (unreached, "<script>{", "<script>{onkeydown = event => event.preventDefault();", "typed"),
        (unreached, 'tabindex="0"', 'tabindex="0" onfocus="this.blur()"', "slider"),
        (untidy, NUMBER, '<span data-name="w" style="margin-left:-20px">', "lies over"),
        (untidy, NUMBER, '<span data-name="w" style="margin-left:100vw">', "cut off"),
        (violations, NUMBER, '<span data-name="w" style="color:#999">', "color-contrast"),
        (violations, 'aria-label="weight w"', "", "aria-input-field-name"),
        (violations, "image.alt = ", "image.removeAttribute('alt'); image.title2 = ", "image-alt"),
        (without_alt, "image.alt = ", "image.title = ", "<img"),
        (without_alt, "`A line of slope ${w}.`", "'picture.png'", "<img"),
    ],
)
def test_what_is_planted_is_found(page, check, right, planted, says):
    assert PAGE.count(right) == 1
    page.set_content(PAGE.replace(right, planted))
    found = check(page)
    assert found and any(says in one for one in found), found


@pytest.mark.parametrize("style", ["white-space:nowrap", "gap:.8em"])
def test_long_value_over_its_neighbour_is_found(page, style):
    """In cells whose labels do not wrap; there is none where they do."""
    cell = (
        f'<div style="display:flex;justify-content:space-between;{style}"><span>the two, by hand '
        'and by autograd</span><span style="white-space:nowrap">cannot be compared</span></div>'
    )
    grid = f'<div style="display:grid;grid-template-columns:repeat(2,16em)">{cell}{cell}</div>'
    page.set_content(PAGE.replace("<p>", f"{grid}<p>"))
    assert bool(untidy(page)) is (style == "white-space:nowrap")
