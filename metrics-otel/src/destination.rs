//! Where a handler exports to: a meter provider, or a pipeline.

#[cfg(feature = "sdk")]
use std::any::Any;
use std::sync::Arc;

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry::{InstrumentationScope, global};
#[cfg(feature = "sdk")]
use opentelemetry_sdk::metrics::SdkMeterProvider;
use typed_metrics_core::HandlerError;

use crate::otlp::pipeline::Pipeline;
use crate::provider::bridge::PUMP;

/// The destination of a handler.
#[derive(Clone)]
pub(crate) enum Destination {
    /// Nothing is exported: `OTEL_SDK_DISABLED`, or `OTEL_METRICS_EXPORTER=none`.
    Disabled,
    /// The provider that is set globally when the handler is installed.
    Global,
    /// A provider other than the SDK's.
    Provider(Arc<dyn MeterProvider + Send + Sync>),
    /// A provider of the SDK, which can be flushed.
    #[cfg(feature = "sdk")]
    Sdk(SdkMeterProvider),
    /// A provider of the SDK, which cannot be flushed without the feature `sdk`.
    #[cfg(not(feature = "sdk"))]
    SdkWithoutFeature,
    /// A pipeline of this crate.
    Pipeline(Arc<Pipeline>),
}

impl Destination {
    #[cfg(feature = "sdk")]
    pub(crate) fn of_provider(provider: impl MeterProvider + Send + Sync + 'static) -> Self {
        match (&provider as &dyn Any).downcast_ref::<SdkMeterProvider>() {
            Some(sdk) => Self::Sdk(sdk.clone()),
            None => Self::Provider(Arc::new(provider)),
        }
    }

    #[cfg(not(feature = "sdk"))]
    pub(crate) fn of_provider<P: MeterProvider + Send + Sync + 'static>(provider: P) -> Self {
        // A flush that does not export would lose the last values without a word.
        if std::any::type_name::<P>().ends_with("::SdkMeterProvider") {
            Self::SdkWithoutFeature
        } else {
            Self::Provider(Arc::new(provider))
        }
    }

    /// The destination, with the provider that is set globally now in the place of the global one.
    pub(crate) fn resolved(&self) -> Self {
        match self {
            Self::Global => Self::Provider(global::meter_provider()),
            other => other.clone(),
        }
    }

    /// The meter of the provider with this scope; `None` if there is no provider.
    pub(crate) fn meter(&self, scope: InstrumentationScope) -> Option<Meter> {
        Some(match self {
            Self::Global => global::meter_provider().meter_with_scope(scope),
            Self::Provider(provider) => provider.meter_with_scope(scope),
            #[cfg(feature = "sdk")]
            Self::Sdk(provider) => provider.meter_with_scope(scope),
            #[cfg(not(feature = "sdk"))]
            Self::SdkWithoutFeature => return None,
            Self::Disabled | Self::Pipeline(_) => return None,
        })
    }

    pub(crate) fn pipeline(&self) -> Option<&Pipeline> {
        match self {
            Self::Pipeline(pipeline) => Some(pipeline),
            _ => None,
        }
    }

    /// The error if the provider cannot be used.
    #[cfg(not(feature = "sdk"))]
    pub(crate) fn check(&self) -> Result<(), HandlerError> {
        if matches!(self, Self::SdkWithoutFeature) {
            return Err(
                "the provider is OpenTelemetry's `SdkMeterProvider`, which needs the feature \
                        `otel-sdk` of `typed-metrics` (`sdk` of `typed-metrics-otel`); add the \
                        feature"
                    .into(),
            );
        }
        Ok(())
    }

    /// The error if the provider is never collected.
    pub(crate) fn never_collected(&self) -> HandlerError {
        let provider = match self {
            Self::Global => {
                "no meter provider is set, or the provider is never collected. Call \
                 `opentelemetry::global::set_meter_provider` before the handler is installed, or \
                 pass a provider to `OtelHandler::new`. If a provider is set, it"
            }
            _ => "the meter provider of the handler is never collected: it",
        };
        format!(
            "{provider} is a no-op, was shut down, has no reader (`with_periodic_exporter`, \
             `with_reader`), or has a view that drops the instrument `{PUMP}`"
        )
        .into()
    }
}
