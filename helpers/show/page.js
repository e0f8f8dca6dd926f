// What a screen reader needs and ipywidgets has no trait for, done in the page by the picture once
// it rests: names for the sliders, their numbers and the Play buttons; a slider's value as it is
// shown, not rounded to one decimal; and the sentence, spoken only to who is using this explorer:
// spoken at each picture, a held key would queue up dozens. At a slider or a menu, plain keys are
// kept from Jupyter's shortcuts, or an arrow would go to another cell instead of moving the slider.
setTimeout(() => {
    const shown = this.closest('.widget-html'), panel = shown?.parentElement;
    if (!panel) return;
    const name = (one, text) => one.setAttribute('aria-label', text);
    for (const slider of panel.querySelectorAll('.widget-slider')) {
        const text = slider.querySelector('.widget-label').textContent;
        const handle = slider.querySelector('[role=slider]');
        const number = slider.querySelector('.widget-readout');
        number.setAttribute('role', 'textbox');
        name(number, text + ', typed');
        if (!handle) continue;
        name(handle, text);
        handle.setAttribute('aria-valuetext', number.textContent);
    }
    const icons = {play: 'Play or pause', pause: 'Play or pause', stop: 'Stop', retweet: 'Repeat'};
    for (const icon in icons)
        for (const one of panel.querySelectorAll('button > .fa-' + icon))
            name(one.parentElement, icons[icon]);
    let spoken = shown.querySelector('[role=status]');
    if (!spoken) {
        spoken = document.createElement('div');
        spoken.setAttribute('role', 'status');
        spoken.style.cssText = 'position:absolute;width:1px;height:1px;overflow:hidden';
        shown.append(spoken);
    }
    const sentence = shown.querySelector('.explorer > p').textContent;
    if (panel.contains(document.activeElement) && spoken.textContent !== sentence)
        spoken.textContent = sentence;
    if (window.plainKeysAreOurs) return;
    window.plainKeysAreOurs = true;
    window.addEventListener('keydown', event => {
        const {target, ctrlKey, metaKey, shiftKey} = event;
        if (!target.matches?.('[role=slider], .widget-dropdown > select')) return;
        if (ctrlKey || metaKey || shiftKey) delete target.dataset.lmSuppressShortcuts;
        else target.dataset.lmSuppressShortcuts = 'true';
    }, true);
}, 500)
