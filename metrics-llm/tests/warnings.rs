//! The lack of a number is logged once. The flags belong to the process, so this is one test.

use typed_metrics_llm::{LlmCall, PriceTable, Prices, Usage};
use typed_metrics_turn::{Level, lines, my_turn};

#[test]
fn each_kind_of_lack_is_logged_in_the_first_call_only() {
    let _turn = my_turn();
    let prices = PriceTable::new("USD", [("priced", Prices::new(1, 1))]).unwrap();
    for model in ["first", "second"] {
        LlmCall::start(model).finish(Usage::unknown());
        LlmCall::start(model).finish(Usage::unknown().output(7));
        LlmCall::start(model).finish(Usage::unknown().input(7));
        LlmCall::start(model).prices(&prices).finish(Usage::new(12, 7));
    }
    LlmCall::start("failed").fail("429");
    let lines = lines();
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let expected = [
        "LLM call of the model `first`: the provider reported no numbers of tokens, so not all its \
         metrics are recorded; a server with the protocol of OpenAI reports them in a stream only \
         if the request sets `stream_options.include_usage`, and only to a reader that reads on \
         after `finish_reason`; `genai` needs `ChatOptions::with_capture_usage` too. The counter \
         `llm_missing` counts these calls",
        "LLM call of the model `first`: the provider did not report the input tokens, so not all \
         its metrics are recorded; give their number to `Usage::input`. The counter `llm_missing` \
         counts these calls",
        "LLM call of the model `first`: the provider did not report the output tokens, so not all \
         its metrics are recorded; give their number to `Usage::output`. The counter `llm_missing` \
         counts these calls",
        "LLM call of the model `first`: the price table does not have the model, so not all its \
         metrics are recorded; add the model to it. The counter `llm_missing` counts these calls",
    ];
    assert_eq!(texts, expected);
    assert!(lines.iter().all(|line| line.level == Level::Warn));
}
