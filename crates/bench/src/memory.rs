//! The server's memory when nothing happens: after its start, and after every connection of its
//! pool has been used.

use std::rc::Rc;
use std::time::Duration;

use crate::stage::Stage;
use crate::{Cli, load, process, say, table, world};

/// What the product promises.
const GOAL_MB: f64 = 60.0;

/// Measures, and says what came of it.
pub async fn run(cli: &Cli) -> anyhow::Result<String> {
    let rest = Duration::from_secs(if cli.quick { 5 } else { 60 });
    let mut stage = Stage::start(cli).await?;
    let server = stage.server.id();
    let fresh_mb = process::resident_mb(server)?;
    let readers = world::fill(&stage, 2).await?;
    let requests: anyhow::Result<Vec<Vec<u8>>> = readers
        .iter()
        .map(|reader| reader.request(&stage))
        .collect();
    let open = cli.pool * 4;
    load::run(
        stage.public,
        Rc::new(requests?),
        open,
        Duration::from_secs(2),
    )
    .await?;
    say(&format!("resting for {} s", rest.as_secs()));
    tokio::time::sleep(rest).await;
    let idle_mb = process::resident_mb(server)?;
    stage.server.stop()?;
    let rows = [
        vec![
            "just started".to_owned(),
            format!("{fresh_mb:.0}"),
            String::new(),
        ],
        vec![
            format!("{} s at rest, pool of {} open", rest.as_secs(), cli.pool),
            format!("{idle_mb:.0}"),
            format!("{GOAL_MB:.0}"),
        ],
    ];
    Ok(format!(
        "# Memory of `bailiwick serve`\n\n{}",
        table::render(&["resident", "MB", "goal"], &rows)
    ))
}
