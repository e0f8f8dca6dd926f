"""What an explorer is declared on: it says what it shows, and everything else is done here."""

import threading

import ipywidgets as widgets
import numpy as np

from helpers.compute.steps import take_step
from helpers.explorers.derivative import Derivative, side_by_side
from helpers.explorers.inputs import Inputs
from helpers.explorers.state import State, filled, read_off
from helpers.show import plots
from helpers.show.controls import Button, Play, button
from helpers.show.kernel import go_on_after_a_stop, later
from helpers.show.live import LiveFigure
from helpers.show.page import as_html, display_bundle
from helpers.show.panels import lay_out, make_axes, new_figure
from helpers.show.words import Words

LONGEST_PATH = 200
REST = 0.6  # seconds after a move, longer than from one picture to the next while it plays
OUTSIDE = "A point is outside the picture: a diamond at its edge shows where."
go_on_after_a_stop()


class Explorer:
    """Controls joined to a computation and a live picture. Displays itself.

    A subclass declares what of this it needs. In every sentence, phrase and label a name in
    braces, such as {loss} or {end.0}, stands for a value of the state.

    controls: name -> Slider, Menu, Tick, Button or Play. Reset is added.
    panels: the ``Panel`` of each part of the picture, from left to right; size: in inches.
    compute(**values): what follows from the values of the controls, as a record or a dict, or
        several of these in a tuple. Without it, one step on the loss of ``problem``, with its
        learning rate where no control has one: loss, next_loss, start, end, gradient, outcome.
    draw(state, *axes): draws what moves, by ``plot_…`` or any call of matplotlib.
    draw_still(state, *axes): draws what stands still, once; and again where one of the controls
        named in ``still_follows`` has moved.
    picture: the sentence that says what is to be seen; phrases(state): name -> words in it.
    readings: a ``Reading`` for each value beside the picture.
    sentences: outcome -> what to notice, where what is computed has an ``outcome``; or
        notices(state), which yields the sentences.
    problem: a ``Problem``. The reader may then give a derivative of their own, and what is
        computed has ``at``, the arguments of the loss, and ``gradient``, a tuple, by autograd.
        The state has both as ``by_hand`` and ``by_autograd``; see ``both_gradients``.
    walks: the controls that a step moves, in the order of ``end``, which is computed; the state
        has each as next_<name>, and ``path``, the states that earlier steps began at. many: how
        many steps a second button takes. keeps_path: the controls that may move in a walk.
    follows(name, values): the values that change with a control of that name, by name.

    Attributes:
        controls: name -> widget.
        values: name -> number or choice, exact even where its slider cannot show it.
        state: the ``State`` that is drawn.
        figure, words: the picture of that state, and the ``Words``.
        report: what the check says of the reader's own derivative, or None.
        error: what a move has raised, or None.
    """

    controls, panels, size = {}, (), (9, 3.7)
    picture, readings, sentences = "", (), {}
    problem, still_follows = None, ()
    walks, many, keeps_path = (), None, ("learning_rate",)

    def __init__(self, gradient=None):
        self._derivative = Derivative(gradient, self.problem) if self.problem else None
        self.report = self._derivative and self._derivative.report
        self.path, self.error, self._still_at = (), None, None
        self._alone = threading.RLock()  # JupyterLab has sliders answered in a thread of their own
        self._declared, self._start = dict(self.controls), {}
        self.controls = {name: declared.widget() for name, declared in self._declared.items()}
        self._add_buttons()
        valued = {name: self.controls[name] for name in self._start}
        self._inputs = Inputs(valued, lambda name: self._attempt(self._reader_moved, name))
        self._view = widgets.HTML(layout=widgets.Layout(width="100%", margin="0"))
        self._inputs.push(self._start)
        self._live = self._shown = None
        self.update()

    # --- What a subclass may declare as a function of the state -----------------------------

    def compute(self, learning_rate=None, **at):
        rate = self.problem.learning_rate if learning_rate is None else learning_rate
        return take_step(self.problem, at, rate)

    def draw_still(self, state, *axes):
        pass

    def still_key(self, state):
        """What stands still is drawn for: it is drawn anew where this changes."""
        return [self.values[name] for name in self.still_follows]

    def draw(self, state, *axes):
        pass

    def phrases(self, state):
        return {}

    def notices(self, state):
        if self.sentences:
            yield self.sentences[state.outcome]

    def read(self, state):
        return (read_off(reading, state) for reading in self.readings)

    def by_hand(self, state):
        """The numbers of the derivative by hand, flattened, or None."""
        return self._derivative.at(state.at)

    def follows(self, name, values):
        return {}

    # --- What moves it ----------------------------------------------------------------------

    @property
    def values(self):
        return self._inputs.values

    @property
    def artists(self):
        return plots.artists(*self.figure.axes)

    def move(self, **values):
        """Sets values exactly, and the sliders to the nearest stops."""
        self._inputs.push(values)
        for name in values:
            self._inputs.push(self.follows(name, self.values))
        self.update()

    def walk(self, steps):
        """Moves what ``walks`` names by so many steps, and leaves a path."""
        values, path = dict(self.values), [*self.path]
        for _ in range(steps):
            path.append(State(dict(values), *self._computed(values)))
            values |= zip(self.walks, path[-1].end, strict=True)
        self.path = tuple(path[-LONGEST_PATH:])
        self.move(**{name: values[name] for name in self.walks})

    def begin_at(self, **values):
        """Begins, now and at each Reset, at other values than those declared; gives itself."""
        self._start |= {name: value for name, value in values.items() if value is not None}
        self.reset()
        return self

    def reset(self):
        """Puts every control back to where it began."""
        self.path = ()
        self.move(**self._start)

    def _reader_moved(self, name):
        further = self.follows(name, self.values)
        if not {name, *further} <= set(self.keeps_path):
            self.path = ()
        self.move(**further)

    def _attempt(self, action, *arguments):
        """Does what the reader asked for; an error takes the place of the picture."""
        try:
            with self._alone:
                action(*arguments)
        except Exception as error:
            self.error, self._shown = error, None
            says = " ".join(f"{type(error).__name__}: {error}".split())
            self.words = Words(
                f"There is no picture here, but an error. {says.rstrip('.')}. "
                "Move a control, or press Reset, to go on."
            )
            self._view.value = as_html(None, self.words)

    # --- What a move does -------------------------------------------------------------------

    def update(self):
        """Computes, draws and describes the state of the present values."""
        with self._alone, np.errstate(all="ignore"):  # numbers beyond float are part of the lesson
            self.state = self._state()
            self._draw()
            self.words = self._words()
            self.error = None
            for name, declared in self._declared.items():
                if isinstance(declared, Play):
                    self.controls[name].value = self.values[declared.slider]
            self._show(self._png())

    def _show(self, png):
        """Shows the picture, and once it rests the same one with more pixels."""
        self._shown = png
        self._view.value = as_html(png, self.words)
        later(REST, lambda: self._attempt(self._sharpen, png))

    def _sharpen(self, png):
        if self._shown is png:  # else it has moved on
            self._view.value = as_html(png, self.words, self._live.sharp_png())

    def _computed(self, values):
        result = self.compute(**values)
        return result if isinstance(result, tuple) else (result,)

    def _state(self):
        known = dict(self.values)
        state = State(known, *self._computed(self.values))
        if self.walks:
            known["path"] = self.path
            known |= {f"next_{n}": value for n, value in zip(self.walks, state.end, strict=True)}
        if self.problem:
            known |= side_by_side(self.by_hand(state), state.gradient)
        for name, phrase in self.phrases(state).items():
            known[name] = filled(phrase, state)
        return state

    def _draw(self):
        first = self._live is None
        if first:
            self.figure = new_figure(self.size)
            make_axes(self.figure, self.panels)
            self._live = LiveFigure(self.figure)
        self._draw_on(self.figure.axes)
        if first:
            lay_out(self.figure, self.panels)

    def _draw_on(self, axes):
        still_at = self.still_key(self.state)
        if self._still_at != still_at:
            self._still_at = None
            with self._live.still():
                self.draw_still(self.state, *axes)
            self._still_at = still_at
        with self._live.moving():
            self.draw(self.state, *axes)

    def _words(self):
        notices = [filled(notice, self.state) for notice in self.notices(self.state)]
        if any(map(plots.point_is_outside, self.figure.axes)):
            notices.append(OUTSIDE)
        if self._derivative:
            notices += self._derivative.remarks()
        readings = tuple(self.read(self.state))
        return Words(filled(self.picture, self.state), readings, " ".join(filter(None, notices)))

    def _png(self):
        return self._live.png()

    # --- Its controls and its place in the page ---------------------------------------------

    def _add_buttons(self):
        for name, declared in self._declared.items():
            if isinstance(declared, Button):
                self._on_click(name, self._press, declared)
            elif isinstance(declared, Play):
                self._follow_play(self.controls[name], declared.slider)
            else:
                self._start[name] = declared.value
        if self.walks:
            self._add_button("step", "Take a step", "Moves by −η times the gradient", self.walk, 1)
        if self.many:
            tooltip = f"Does the same {self.many} times"
            self._add_button("steps", f"Take {self.many} steps", tooltip, self.walk, self.many)
        self._add_button("reset", "Reset", "Puts everything back to where it began", self.reset)

    def _add_button(self, name, label, tooltip, action, *arguments):
        self.controls[name] = button(label, tooltip)
        self._on_click(name, action, *arguments)

    def _on_click(self, name, action, *arguments):
        self.controls[name].on_click(lambda _button: self._attempt(action, *arguments))

    def _press(self, declared):
        self.move(**declared.sets(**self.values))

    def _follow_play(self, play, slider):
        followed = self.controls[slider]
        play.min, play.max, play.step = followed.min, followed.max, followed.step
        play.value = followed.value

        def go_on(change):
            if change["new"] != self.values[slider]:
                self._attempt(lambda: self.move(**{slider: change["new"]}))

        play.observe(go_on, "value")

    def _ipython_display_(self):
        panel = widgets.VBox([self._controls_box(), self._view])
        png = None if self.error else self._png()
        display_bundle(panel, str(self.words), png=png, alt=self.words.picture)

    def _controls_box(self):
        wrap = {"display": "flex", "flex_flow": "row wrap", "width": "100%"}
        pressed = widgets.Button, widgets.Play
        buttons = [c for c in self.controls.values() if isinstance(c, pressed)]
        others = [c for c in self.controls.values() if not isinstance(c, pressed)]
        rows = [widgets.Box(group, layout=widgets.Layout(**wrap)) for group in (others, buttons)]
        return widgets.VBox([row for row in rows if row.children])
