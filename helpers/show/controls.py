"""The widgets that readers move and press, each named in full and wide enough."""

import ipywidgets as widgets


def slider(description, value, low, high, step, readout_format=".2f"):
    """A FloatSlider for one value, wide enough to drag and named in full."""
    return widgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        readout_format=readout_format,
        **_wide(description),
    )


def whole_slider(description, value, low, high):
    """An IntSlider like ``slider``, for what is counted."""
    return widgets.IntSlider(value=value, min=low, max=high, **_wide(description))


def menu(description, options):
    """A Dropdown of named choices, as wide as a slider; its first option is chosen."""
    return widgets.Dropdown(options=options, value=options[0], **_wide(description))


def tick(description, value):
    """A Checkbox as wide as a slider, so that its text is not cut off."""
    layout = widgets.Layout(width="380px", max_width="100%")
    return widgets.Checkbox(value=value, description=description, indent=False, layout=layout)


def _wide(description):
    return {
        "description": description,
        "style": {"description_width": "112px"},
        "layout": widgets.Layout(width="380px", max_width="100%"),
    }


def button(description, tooltip):
    """A Button whose text says what it does."""
    return widgets.Button(description=description, tooltip=tooltip, button_style="")
