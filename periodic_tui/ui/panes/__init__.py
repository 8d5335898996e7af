"""All panes, in the order of their importance: those that find no place are reached with tab.

A new pane is a file of its own and an entry here.
"""

from periodic_tui.ui.panes.clock import ClockPane
from periodic_tui.ui.panes.events import EventsPane
from periodic_tui.ui.panes.features import FeaturesPane
from periodic_tui.ui.panes.fit import FitPane
from periodic_tui.ui.panes.frequency import FrequencyPane
from periodic_tui.ui.panes.landscape import LandscapePane
from periodic_tui.ui.panes.layers.pane import LayersPane
from periodic_tui.ui.panes.loss import LossPane
from periodic_tui.ui.panes.output import OutputPane
from periodic_tui.ui.panes.population import PopulationPane
from periodic_tui.ui.panes.rates import RatesPane
from periodic_tui.ui.panes.story import StoryPane
from periodic_tui.ui.panes.units.pane import UnitsPane
from periodic_tui.ui.panes.verdict import VerdictPane
from periodic_tui.ui.panes.weights import WeightsPane
from periodic_tui.ui.widgets.pane import Pane

PANES: tuple[type[Pane], ...] = (
    LossPane,
    ClockPane,
    FrequencyPane,
    UnitsPane,
    FitPane,
    PopulationPane,
    RatesPane,
    LandscapePane,
    WeightsPane,
    FeaturesPane,
    LayersPane,
    VerdictPane,
    StoryPane,
    OutputPane,
    EventsPane,
)
