"""What every word on the screen means."""

VERDICTS = {
    "diverged": "a parameter or the loss stopped being finite; that replica is frozen at its last good step",
    "solved": "the probe loss is at most the preset's solved_below; for the clock, every held-out instant is right",
    "no-extrapolation": "fits where it is trained, not where it is held out",
    "unscaled": "a column of x or y is far from order one, and the start or the steps cannot reach it; standardize it",
    "out-of-reach": "the last activation cannot give what the target asks",
    "unpredictable": "equal or nearly equal inputs have different targets: no network does better",
    "dead-network": "some hidden layer has only dead units: no gradient passes",
    "collapsed-to-constant": "whatever the input, the output is nearly the same",
    "step-too-large": "the learning rate times the curvature is above 2, so that steps lead away from the answer",
    "stuck-outside-basin": "the frequency is outside the answer's basin: gradients do not lead there",
    "linear-network": "nothing in the network bends, and the loss is at the best straight line's",
    "noise-floor": "what is left is only the noise that the preset adds to its samples, or it hides the rest",
    "overfit": "the noise of a fixed data set is learned along with the target",
    "step-too-small": "the loss falls, but not in twice the steps there are; with ten times the rate it falls faster",
    "plateau": "the weights began tiny: near zero all gradients are products of small numbers",
    "learning": "the loss fell by more than 2 % over the last fifth of the steps, or there was no step yet",
    "saturated": "half of a layer's units are at the flat ends of their activation",
    "no-bias": "without biases every unit turns at the origin, and one that turns elsewhere would help",
    "ill-conditioned": "the inputs' scales are far apart: the slowest direction takes more steps than there were",
    "dead-units": "some units are dead, the loss hardly falls any more, and one more live unit would help",
    "duplicate-units": "some units do the same work, the loss hardly falls any more, and one more unit would help",
    "mute-units": "some units hardly reach the next layer, the loss hardly falls any more, and one more would help",
    "wrong-sign": "some units would help with the other sign of their outgoing weight, which training does not reach",
    "underfit": "none of the other reasons holds; what is left may be a wave of many cycles, which is said",
}
"""Verdict codes: what is the matter."""

UNITS = {
    "alive": "a unit that reacts to its input somewhere: it gets a gradient and can learn",
    "dead": "a unit whose activation has no slope on more than 99 % of the probe; for a ReLU, it is 0 there",
    "certified": "dead for good: no point of the domain can revive it, as interval arithmetic proves",
    "mute": "a live unit of whose activity hardly anything (less than 1 %) reaches the next layer",
    "linear": "a unit that passes on its input as it is on more than 99 % of the probe: it bends nothing",
    "duplicate": "two live units whose activations correlate above 0.98: they do the same work",
    "wrong-sign": "a live unit that would help with the other sign of its outgoing weight",
}
"""What a hidden unit can be."""

PANES = {
    "story": "what to watch in this preset; it goes at the first key and lives on in help",
    "loss": "how far the network is from the target, over the steps: on the probe, and on each minibatch",
    "clock": "the clock as it is and as the network shows it",
    "frequency": "the learned frequency over the steps, beside the answer and its basin",
    "units": "every hidden unit: what it does, and whether it is alive",
    "fit": "the target and what the network makes of it, over the input",
    "population": "a cell for each replica, by its verdict; below it how their losses spread",
    "rates": "the learning rates that a remedy tried on copies, and the loss that each came to",
    "landscape": "the loss and its gradient around the present parameters",
    "weights": "the parameters as they are; those of a few units with two inputs as arrows, a unit each",
    "features": "what the last hidden layer makes of the probe, in two dimensions (PCA or t-SNE)",
    "layers": "each layer of a script's network: dead and saturated shares, gradient, update over weight, with trends",
    "verdict": "what is the matter, with the figures that it rests on, and what to do about it",
    "output": "what a script printed; its last lines, or earlier ones",
    "events": "what happened at which step; a command's mark in the plots stands at the same step",
}

WORDS = {
    "a": "Snake's coefficient: its wave repeats every π/a",
    "activation": "the function between two layers, as ReLU, Snake or sine",
    "active": "a unit is active at a point where its activation has a slope; a ReLU, where it is above zero",
    "abandoned": "the course that a run had taken before it went back and took another",
    "answer": "parameters that solve the preset, in closed form; i puts them in",
    "baseline": "what needs no network: the best constant or line, y's last value, the floor of contradicting rows",
    "b": "a unit's bias; of Snake, its other coefficient: its wave is 1/b high",
    "basin": "how far the frequency may be from the answer for gradients to lead there: 4.4934/R",
    "batch": "the same as minibatch",
    "clear": "the figure that decides a verdict is far beyond its limit; certain: it is a fact; else it is close",
    "compiled": "an engine that trains by machine code made for this network",
    "dead for good": "no point of the domain can revive the unit: certified",
    "death": "the step at which a unit that was alive is dead; a death can be played again, moment by moment",
    "domain": "the inputs that the network is trained on, and those that are held out",
    "eager": "the engine that trains by PyTorch's own operations, one by one",
    "engine": "how steps are run: eager, compiled, or as CUDA graphs",
    "explained": "the share of the target's variance that the fit accounts for: 1 is all, 0 is what a constant gets",
    "flat out": "training as fast as the machine can: the pace is off",
    "fold line": "where a ReLU of two inputs begins: it is 0 on one side",
    "gradient": "which way the loss rises, and how steeply; training steps against it",
    "held": "the parameters stay where they are: every learning rate is 0 until H releases them",
    "hidden.0": "the first hidden layer; its units are counted from 0",
    "journal": "the commands that were applied, each with its step",
    "kink": "the input at which a ReLU begins",
    "life": "the steps since the parameters were last drawn",
    "loss": "mean squared error, or for angles the mean of 1 - cos(error)",
    "lr": "learning rate: how far a step goes",
    "L″": "the curvature of the loss: gradient descent is stable for lr below 2/L″",
    "minibatch": "the samples that one step is taken on",
    "moved": "how far a layer's weights are from where they started, over their size there",
    "noise": "how much the gradient of a minibatch differs from the true one; also what is added to the samples",
    "omega": "ω, a learned angular frequency: radians for each unit of x",
    "omega_0": "the scale of a SIREN's sines: sin(omega_0 · z)",
    "optimizer": "the rule that makes a step of a gradient, as SGD or Adam",
    "out": "a unit's outgoing weights: what the next layer makes of it",
    "pace": "steps a second that are asked for; < and > change it",
    "past": "a recorded picture of this run, by , and .; what it shows is over, and space goes back to the present",
    "pair": "two duplicate units",
    "pre-activation": "what goes into a unit's activation: weights times inputs, plus bias",
    "preset": "one experiment in a file: target, network, start, optimizer, story",
    "probe": "fixed points, without noise, on which everything is measured (at most 4,096)",
    "R": "half the width of the training range",
    "standardized": "a column less its mean, over its standard deviation: what the layers see after that remedy",
    "remedy": "a way out of what is the matter; it is given samples, never the answer",
    "replay": "a recording that is played: nothing is trained",
    "replica": "one of several networks that are trained side by side, each from its own seed",
    "seed": "the number that start and minibatches are drawn by: the same one gives the same run",
    "set": "a command that changes one value of the preset in mid-run, as set:optimizer.lr=0.01",
    "sharpest": "the direction in which the loss curves most",
    "step": "one change of the parameters, on one minibatch",
    "step/weights": "the length of the next step over that of all parameters",
    "steps/s": "steps a second, as measured",
    "target": "the function that the network has to learn",
    "trial": "copies of the network that train on for a while at another rate; the run itself stays as it is",
    "untreated": "the same seed to which nothing was done; c shows it",
    "verdict": "what is the matter with the run, by fixed rules; the first that holds names it",
    "w": "a unit's incoming weights",
}

MOUSE = {
    "click": "chooses a unit, a replica, a layer, an event or an entry of a list; does what a key in the last row does",
    "double click": "on an event: goes to the picture before it",
    "wheel": "zooms a plot about the pointer; goes through events, layers and what a script has printed",
    "drag": "moves a plot's window",
    "rest": "tells what a title, a figure of the header, a unit, a replica, a verdict or a key is",
}
"""What the mouse does."""

COPYING = {
    "first": "pause: the screen stands still while you select",
    "shift + drag": "selects as anywhere else, and copies as your terminal does; in iTerm2 option + drag, in macOS's "
    "Terminal fn + drag. Without shift the mouse is the dashboard's",
    "in tmux": "prefix [ begins; move to a corner, space marks, ctrl+v makes it a rectangle, enter copies, prefix ] "
    "pastes. Or from another window: tmux capture-pane -p -t PANE",
    "over SSH": "what tmux copies reaches your own clipboard where your terminal takes OSC 52 and tmux sends that "
    "(set -s set-clipboard on); shift + drag always does, since the terminal is yours",
    "as a file": "export writes the screen as SVG; periodic-tui export RUN --to csv writes a recording's figures",
}
"""How text gets out of the dashboard."""

GLOSSARY = {
    "the mouse": MOUSE,
    "copying text": COPYING,
    "words on the screen": WORDS,
    "what a verdict says": VERDICTS,
    "what a unit can be": UNITS,
    "what a pane shows": PANES,
}
"""Every word on the screen and what it means, in groups."""
