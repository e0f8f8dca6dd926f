"""What a picture does in the page by itself, on a clock that only the test moves."""

import io

from PIL import Image

from helpers.show.page import as_html
from helpers.show.words import Words
from tests.browser import browser

PANEL = '<div><input><div class="widget-html"><div id="view"></div></div></div>'
SHOW = """html => new Promise(done => {
    const view = document.getElementById('view');
    view.innerHTML = html;
    view.querySelector('img').addEventListener('load', done, {once: true});
})"""
COUNT = """() => {
    window.changes = 0;
    new MutationObserver(() => { window.changes += 1; })
        .observe(document.querySelector('[role=status]'), {childList: true});
}"""


def test_the_sentence_is_spoken_when_the_picture_rests_and_not_once_a_picture():
    png = io.BytesIO()
    Image.new("RGB", (4, 4)).save(png, "PNG")
    with browser() as chromium:
        page = chromium.new_page()
        page.clock.install(time=0)
        page.clock.pause_at(1000)
        page.set_content(PANEL)
        page.locator("input").focus()
        spoken = page.locator("[role=status]")
        for number in range(20):
            page.evaluate(SHOW, as_html(png.getvalue(), Words("a picture", (), f"No. {number}.")))
            page.clock.run_for(600 if number == 0 else 400)
            if number == 0:
                assert spoken.text_content() == "No. 0."
                page.evaluate(COUNT)
        assert (spoken.text_content(), page.evaluate("changes")) == ("No. 0.", 0)
        page.clock.run_for(200)
        assert (spoken.text_content(), page.evaluate("changes")) == ("No. 19.", 1)
