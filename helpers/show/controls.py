"""The controls that readers move and press, declared; each is named in full and wide enough."""

from collections.abc import Callable
from dataclasses import dataclass

import ipywidgets as widgets

WIDTH, LABEL = "380px", "112px"


@dataclass(frozen=True)
class Slider:
    """A value between two ends, in steps. It counts in whole numbers where the step is one."""

    label: str
    value: float
    low: float
    high: float
    step: float = 0.1

    def widget(self):
        ends = {"value": self.value, "min": self.low, "max": self.high, "step": self.step}
        if isinstance(self.step, int):
            return widgets.IntSlider(**ends, **_wide(self.label))
        places = max(2, len(f"{self.step:g}".partition(".")[2]))
        return widgets.FloatSlider(**ends, readout_format=f".{places}f", **_wide(self.label))


@dataclass(frozen=True)
class Menu:
    """A choice between named options; the first one is chosen, or ``chosen``."""

    label: str
    options: tuple[str, ...]
    chosen: str | None = None

    @property
    def value(self):
        return self.options[0] if self.chosen is None else self.chosen

    def widget(self):
        options = list(self.options)
        return widgets.Dropdown(options=options, value=self.value, **_wide(self.label))


@dataclass(frozen=True)
class Tick:
    """A yes or no."""

    label: str
    value: bool = False

    def widget(self):
        layout = widgets.Layout(width=WIDTH, max_width="100%")
        return widgets.Checkbox(
            value=self.value, description=self.label, indent=False, layout=layout
        )


@dataclass(frozen=True)
class Button:
    """A press that sets values: ``sets`` is called with all values, by name, and gives some."""

    label: str
    tooltip: str
    sets: Callable[..., dict]

    def widget(self):
        return button(self.label, self.tooltip)


@dataclass(frozen=True)
class Play:
    """Moves a slider of whole numbers on and on, one stop in so many milliseconds."""

    slider: str
    interval: int = 700

    def widget(self):
        return widgets.Play(interval=self.interval)


def button(description, tooltip):
    """A button whose text says what it does."""
    return widgets.Button(description=description, tooltip=tooltip, button_style="")


def _wide(description):
    return {
        "description": description,
        "style": {"description_width": LABEL},
        "layout": widgets.Layout(width=WIDTH, max_width="100%"),
    }
