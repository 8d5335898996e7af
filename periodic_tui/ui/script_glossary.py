"""What every word on the screen means where a script is watched."""

from periodic_tui.ui.glossary import COPYING, MOUSE, PANES, UNITS

VERDICTS = {
    "not-trained": "nothing was trained, or nothing of it could be seen",
    "shape-broadcast": "prediction and target have different shapes, and the loss stretches one to fit the other",
    "one-class-softmax": "a softmax over one unit is always 1, whatever the network does",
    "softmax-wrong-dim": "a softmax sums to 1 over the batch, not over the classes",
    "softmax-twice": "a softmax or sigmoid stands in front of a loss that has its own",
    "wrong-loss": "the loss does not suit what it is given, or has the wrong sign",
    "gradients-not-cleared": "gradients of earlier steps are added up: zero_grad is missing",
    "not-in-optimizer": "parameters get a gradient that no optimizer holds, so that they never change",
    "no-gradient": "parameters that should be trained get no gradient",
    "out-of-reach": "targets lie beyond what the last activation can give",
    "eval-mode": "the network is in eval mode while it is trained: dropout and batch normalization are off",
    "constant-input": "all inputs of a batch are the same",
    "unshuffled": "most batches hold a single class",
    "duplicate-units": "all units of a layer have the same weights, and stay the same",
    "diverged": "the loss or a parameter stopped being finite, and stays so",
    "unscaled": "inputs or targets are far from order one, and training suffers by it",
    "dead-network": "all units of some activation are off: no gradient passes",
    "step-too-large": "steps are long beside the weights, and lead away from what is sought",
    "exploding": "gradients grow from the last layer to the first",
    "weight-decay-too-strong": "weight decay shrinks the weights faster than they learn",
    "dropout-too-high": "a dropout leaves too little",
    "saturated": "most units of a layer are at the flat ends of their activation",
    "vanishing": "gradients shrink from the last layer to the first",
    "linear-network": "nothing between the layers bends",
    "step-too-small": "steps are so short beside the weights that nothing comes of them",
    "collapsed-to-constant": "whatever the input, the output is nearly the same",
    "dead-units": "more than half of a layer's units are off whatever comes, and training is stuck",
    "too-early": "there were too few steps to say anything",
    "underfit": "training is stuck, and none of the other reasons is seen",
    "plateau": "the loss has stopped falling, and nothing is seen to be wrong",
    "learning": "the loss falls",
}
"""Verdict codes; docs/watching.md has their limits."""

WORDS = {
    "batch": "the samples that one step is taken on; the loss is that of each batch",
    "dead": "of an activation's units: those that were active on less than 1 % of the last batches",
    "|gradient|": "length of the gradient of a layer's own parameters, before the step",
    "layer": "a module without parts, or an activation that is called as a function, as `fc1 → relu`",
    "look": "a step that is looked at in full; some 2 % of the time go into that, and the others run undisturbed",
    "past": "an earlier picture, by , and .; space goes back to the present",
    "saturated": "of an activation that is flat at both ends: the share of its values that lie there",
    "shape": "of a layer's output for one sample",
    "trend": "the last looks, the newest at the right: shares from 0 to 1, sizes on a log scale of their own",
    "update÷weight": "length of a step over that of a layer's parameters: 0.001 is usual",
    "verdict": "what is the matter with the script or the run, by fixed rules; the first that holds names it",
}

SCRIPT_GLOSSARY = {
    "the mouse": MOUSE,
    "copying text": COPYING,
    "words on the screen": WORDS,
    "what a verdict says": VERDICTS,
    "what a unit can be": {
        "alive": "a unit that is active on some of the batch: it gets a gradient and can learn",
        "dead": "a unit that was active on less than 1 % of the last batches",
        "duplicate": UNITS["duplicate"],
    },
    "what a pane shows": {
        "loss": "the loss of each batch over the steps, and what the script has logged by name",
        "units": "the units of every activation, or of the layer that was chosen",
        **{name: PANES[name] for name in ("layers", "verdict", "output", "events")},
    },
}
"""As `GLOSSARY` is for a preset."""

SCRIPT_KEYS = {
    "pause": "Hold the view, or go back to the present; after the end, play it from the first picture on",
    "step": "Hold the view, and go on a picture",
    "slower": "Play earlier pictures slower",
    "faster": "Play earlier pictures faster",
    "list": "Choose a recording to play",
    "help": "Every key, and what every word means",
    "quit": "Leave; while the script runs, that asks first what is to become of it",
}
"""What keys do there, by their ids."""

STORY = (
    "Your own script trains, in a process of its own, and nothing here changes that. Choose a layer with the arrows to "
    "see its units; tab goes to the next pane, z shows it alone. The verdict says what is the matter, and what to try."
)
"""What help says first."""
