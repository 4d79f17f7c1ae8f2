//! The types of Grafana's data sources.

/// Whether a data source of this type is asked in PromQL. A type that is not known may be.
pub(super) fn asks_in_promql(plugin: Option<&str>) -> bool {
    plugin.is_none_or(|plugin| {
        let plugin = plugin.to_lowercase();
        ["prometheus", "victoriametrics-metrics", "mimir", "victoriametrics-datasource"]
            .iter()
            .any(|known| plugin.contains(known))
            || plugin == "datasource"
    })
}
