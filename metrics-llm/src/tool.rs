//! One execution of a tool that a model asked for.

use std::borrow::Cow;
use std::time::Instant;

use crate::conventions::{GenAiMetrics, ToolType};
use crate::error_type;

/// An execution of a tool in progress: records `gen_ai.execute_tool.duration` at its end, as
/// [OpenTelemetry's conventions][conventions] define it.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_llm as llm;
/// use llm::{GenAiMetrics, ToolExecution, ToolType};
///
/// # fn look_up(_: &str) -> Result<String, std::io::Error> { Ok("rainy".to_owned()) }
/// let seen = typed_metrics::testing::capture(|| {
///     let execution = ToolExecution::start("weather").of_type(ToolType::Function);
///     match look_up("Paris") {
///         Ok(answer) => { execution.finish(); Some(answer) }
///         Err(_) => { execution.fail("io"); None }
///     }
/// });
/// let duration = GenAiMetrics::ExecuteToolDuration {
///     tool: "weather",
///     tool_type: Some(ToolType::Function),
///     agent: None,
///     error_type: None,
/// };
/// assert_eq!(seen.histogram(duration).count, 1);
/// ```
///
/// An execution that is dropped before its end counts as [cancelled](error_type::CANCELLED).
///
/// [conventions]: https://github.com/open-telemetry/semantic-conventions-genai/blob/v0.1.0/docs/gen-ai/execute-tool.md
#[must_use = "keep it until the tool ends: an execution that is dropped counts as cancelled"]
#[derive(Debug)]
pub struct ToolExecution<'a> {
    tool: Cow<'a, str>,
    tool_type: Option<ToolType>,
    agent: Option<Cow<'a, str>>,
    start: Instant,
    is_open: bool,
}

impl<'a> ToolExecution<'a> {
    /// Starts the measurement: the tool begins now. Use the name of a tool that the program has,
    /// and not the name that the model wrote: each different name makes a new series.
    pub fn start(tool: impl Into<Cow<'a, str>>) -> Self {
        let (tool, start) = (tool.into(), Instant::now());
        Self { tool, tool_type: None, agent: None, start, is_open: true }
    }

    /// Sets the label `gen_ai.tool.type`.
    pub fn of_type(mut self, tool_type: ToolType) -> Self {
        self.tool_type = Some(tool_type);
        self
    }

    /// Sets the label `gen_ai.agent.name`: the name of the agent that executes the tool.
    pub fn agent(mut self, name: impl Into<Cow<'a, str>>) -> Self {
        self.agent = Some(name.into());
        self
    }

    /// The tool has returned its result.
    pub fn finish(mut self) {
        self.end(None);
    }

    /// The tool failed. Use a small, fixed set of error types: see [`error_type`].
    pub fn fail(mut self, error_type: impl AsRef<str>) {
        // Back ends read an empty error type as no error type, and so as a success.
        let error_type = Some(error_type.as_ref()).filter(|text| !text.is_empty());
        self.end(error_type.or(Some(error_type::OTHER)));
    }

    fn end(&mut self, error_type: Option<&str>) {
        self.is_open = false;
        let agent = self.agent.as_deref();
        GenAiMetrics::execute_tool_duration(&self.tool, self.tool_type, agent, error_type)
            .record(self.start.elapsed());
    }
}

impl Drop for ToolExecution<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.end(Some(error_type::CANCELLED));
        }
    }
}
