//! Log lines: for people in a terminal, as JSON (Elastic Common Schema) everywhere else.

mod lines;

use std::fmt;
use std::io::IsTerminal;

pub use lines::Guard;
use lines::Lines;

use tracing::field::{Field, Visit};
use tracing::span::Record;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people where standard error is a terminal, else JSON.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging to standard error, until what it answers is dropped. `filter` is of `tracing`'s
/// form: `info`, `bailiwick=debug`.
///
/// # Errors
/// A filter that cannot be read; logging was started before.
pub fn start(format: Format, filter: &str) -> anyhow::Result<Guard> {
    let filter = EnvFilter::try_new(filter)?;
    let (writer, guard) = Lines::start()?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(writer);
    let json = match format {
        Format::Json => true,
        Format::Text => false,
        Format::Auto => !std::io::stderr().is_terminal(),
    };
    let started = if json {
        lines.fmt_fields(Members).event_format(Ecs).try_init()
    } else {
        lines.compact().with_target(false).try_init()
    };
    started.map_err(|error| anyhow::anyhow!("logging: {error}"))?;
    Ok(guard)
}

/// One JSON object a line: `@timestamp`, `log.level`, `log.logger`, the fields of the spans around
/// the event and of the event itself, `message` among them, all at the top.
///
/// A line is written for each request, so nothing is built that is only taken apart again.
struct Ecs;

impl<S> FormatEvent<S, Members> for Ecs
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    #[expect(
        clippy::disallowed_methods,
        reason = "a log line tells when it was written"
    )]
    fn format_event(
        &self,
        context: &FmtContext<'_, S, Members>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        write!(
            writer,
            r#"{{"@timestamp":"{}","log.level":"{}","log.logger":"{}""#,
            jiff::Timestamp::now(),
            level(*metadata.level()),
            metadata.target()
        )?;
        for span in context
            .event_scope()
            .into_iter()
            .flat_map(|scope| scope.from_root())
        {
            if let Some(members) = span.extensions().get::<FormattedFields<Members>>() {
                writer.write_str(members.as_str())?;
            }
        }
        context
            .field_format()
            .format_fields(writer.by_ref(), event)?;
        writer.write_str("}\n")
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// Fields as members of a JSON object, a comma before each: what a span learns later is appended.
struct Members;

impl<'writer> FormatFields<'writer> for Members {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut visitor = MemberVisitor {
            writer,
            result: Ok(()),
        };
        fields.record(&mut visitor);
        visitor.result
    }

    fn add_fields(
        &self,
        current: &'writer mut FormattedFields<Self>,
        fields: &Record<'_>,
    ) -> fmt::Result {
        self.format_fields(current.as_writer(), fields)
    }
}

/// Writes members; keeps the first failure for the end.
struct MemberVisitor<'writer> {
    writer: Writer<'writer>,
    result: fmt::Result,
}

impl MemberVisitor<'_> {
    fn member(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        if self.result.is_ok() {
            self.result = write!(self.writer, r#","{}":{value}"#, field.name());
        }
    }

    fn text(&mut self, field: &Field, text: &str) {
        let quoted = serde_json::Value::from(text);
        self.member(field, format_args!("{quoted}"));
    }
}

impl Visit for MemberVisitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, format_args!("{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no infinities.
        let value = serde_json::Value::from(value);
        self.member(field, format_args!("{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, format_args!("{value}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_one_object_with_the_fields_of_its_spans() {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .fmt_fields(Members)
            .event_format(Ecs)
            .with_writer(move || sink.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("request", method = "GET", user = tracing::field::Empty);
            let _within = span.enter();
            span.record("user", tracing::field::display("a\"b"));
            tracing::warn!(status = 200, took = 0.5, known = true, "two\nlines");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["log.level"], "warn");
        assert_eq!(line["method"], "GET");
        assert_eq!(line["user"], "a\"b");
        assert_eq!(line["status"], 200);
        assert_eq!(line["took"], 0.5);
        assert_eq!(line["known"], true);
        assert_eq!(line["message"], "two\nlines");
        assert!(line["@timestamp"].is_string());
    }
}
