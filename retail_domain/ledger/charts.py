"""The charts of accounts that a chain may choose from, once, when its hub is made."""

from __future__ import annotations

from retail_domain.ledger.chart import Chart
from retail_domain.ledger.enterprise_chart import ENTERPRISE_CHART
from retail_domain.ledger.small_enterprise_chart import SMALL_ENTERPRISE_CHART

CHARTS: dict[str, Chart] = {
    chart.chart_id: chart for chart in (SMALL_ENTERPRISE_CHART, ENTERPRISE_CHART)
}
