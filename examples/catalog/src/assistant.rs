//! The shop's assistant, which answers questions of customers. The language model is played: it
//! takes its time, and fails sometimes.

use std::time::Duration;

use fastrand::Rng;
use typed_metrics::llm::{LlmCall, Usage, error_type};
use typed_metrics::{Metrics, Objective, Outcome, timed};

#[derive(Metrics)]
#[metrics(prefix = "assistant")]
enum AssistantMetrics {
    /// Time to answer a question.
    #[histogram(unit = "s", buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5])]
    AnswerDuration { outcome: Outcome },

    /// Characters of a question.
    #[histogram(unit = "{character}", exponential)]
    QuestionSize,
}

/// The model failed.
#[derive(Debug)]
pub struct NoAnswer;

/// Answers a question.
///
/// # Errors
/// If the model fails, as it does once in two hundred times.
#[timed(
    AssistantMetrics::AnswerDuration { outcome },
    objective = [Objective::latency("250ms", 0.95), Objective::success(0.99)],
)]
pub fn answer(question: &str, random: &mut Rng) -> Result<&'static str, NoAnswer> {
    AssistantMetrics::question_size().record(question.chars().count() as f64);
    let call = LlmCall::start("gpt-5");
    std::thread::sleep(Duration::from_millis(20 + random.u64(..20).pow(2) / 2));
    if random.u32(..200) == 0 {
        call.fail(error_type::TRANSPORT);
        return Err(NoAnswer);
    }
    call.finish(Usage::new(question.len() as u64 / 4 + 1, random.u64(20..300)));
    Ok("It is in stock.")
}

#[cfg(test)]
mod tests {
    use typed_metrics::testing::capture;

    use super::*;

    #[test]
    fn each_answer_is_measured_with_its_outcome() {
        let mut random = Rng::with_seed(1);
        let mut failed = 0;
        let seen = capture(|| {
            for _ in 0..20 {
                failed += u64::from(answer("Is it in stock?", &mut random).is_err());
            }
        });
        let count = |outcome| {
            let duration = AssistantMetrics::AnswerDuration { outcome };
            seen.histogram(duration).count
        };
        assert_eq!((count(Outcome::Ok), count(Outcome::Error)), (20 - failed, failed));
        assert_eq!(seen.histogram(AssistantMetrics::QuestionSize).count, 20);
    }
}
