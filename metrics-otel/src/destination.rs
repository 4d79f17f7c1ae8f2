//! Where a handler exports to: a meter provider, or a pipeline.

use std::any::Any;
use std::sync::Arc;

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry::{InstrumentationScope, global};
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
    Sdk(SdkMeterProvider),
    /// A pipeline of this crate.
    Pipeline(Arc<Pipeline>),
}

impl Destination {
    pub(crate) fn of_provider(provider: impl MeterProvider + Send + Sync + 'static) -> Self {
        match (&provider as &dyn Any).downcast_ref::<SdkMeterProvider>() {
            Some(sdk) => Self::Sdk(sdk.clone()),
            None => Self::Provider(Arc::new(provider)),
        }
    }

    pub(crate) fn meter(&self, scope: InstrumentationScope) -> Meter {
        match self {
            Self::Disabled | Self::Global => global::meter_provider().meter_with_scope(scope),
            Self::Provider(provider) => provider.meter_with_scope(scope),
            Self::Sdk(provider) => provider.meter_with_scope(scope),
            Self::Pipeline(pipeline) => pipeline.provider.meter_with_scope(scope),
        }
    }

    /// The SDK's provider, if it is known.
    pub(crate) fn sdk(&self) -> Option<&SdkMeterProvider> {
        match self {
            Self::Disabled | Self::Global | Self::Provider(_) => None,
            Self::Sdk(provider) => Some(provider),
            Self::Pipeline(pipeline) => Some(&pipeline.provider),
        }
    }

    pub(crate) fn pipeline(&self) -> Option<&Pipeline> {
        match self {
            Self::Pipeline(pipeline) => Some(pipeline),
            _ => None,
        }
    }

    /// The error if the provider is never collected.
    pub(crate) fn never_collected(&self) -> HandlerError {
        let provider = match self {
            Self::Disabled | Self::Global => {
                "no meter provider is set, or the provider is never collected. Call \
                 `opentelemetry::global::set_meter_provider` before the handler is installed, or \
                 pass a provider to `OtelHandler::new`. If a provider is set, it"
            }
            Self::Provider(_) | Self::Sdk(_) | Self::Pipeline(_) => {
                "the meter provider of the handler is never collected: it"
            }
        };
        format!(
            "{provider} is a no-op, was shut down, has no reader (`with_periodic_exporter`, \
             `with_reader`), or has a view that drops the instrument `{PUMP}`"
        )
        .into()
    }
}
