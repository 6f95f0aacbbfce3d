//! What a decision costs: ours, and those of two policy engines with the same question; and what
//! the authorization of a warm request costs beside its signature.
//!
//! The question is every cell of the workspace's own matrix, organization role × permission. All
//! three must give the same answers before anything is timed.

mod engines;
mod timing;
mod warm;

use anyhow::ensure;
use bailiwick_kernel::policy::{Actor, Permission, RoleId, default_pack};

use engines::{Casbin, Cedar};
use timing::per_call_ns;

/// One cell of the matrix.
struct Cell {
    role: RoleId,
    role_key: String,
    permission: Permission,
    permission_key: String,
    is_allowed: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let pack = default_pack();
    let cells: Vec<Cell> = pack
        .roles()
        .flat_map(|role| pack.permissions().map(move |permission| (role, permission)))
        .map(|(role, permission)| Cell {
            role,
            role_key: pack.role_key(role).to_owned(),
            permission,
            permission_key: pack.permission_key(permission).to_owned(),
            is_allowed: pack.decide(&Actor::member(role), permission).is_allowed(),
        })
        .collect();
    let granted = cells.iter().filter(|cell| cell.is_allowed).count();
    ensure!(granted > 0 && granted < cells.len(), "a matrix without a question");

    let cedar = Cedar::new(&cells)?;
    let casbin = Casbin::new(&cells).await?;
    for (at, cell) in cells.iter().enumerate() {
        let (theirs, others) = (cedar.decide(at), casbin.decide(cell)?);
        ensure!(
            theirs == cell.is_allowed && others == cell.is_allowed,
            "{} {}: ours {}, cedar {theirs}, casbin {others}",
            cell.role_key,
            cell.permission_key,
            cell.is_allowed
        );
    }

    let actors: Vec<Actor> = cells.iter().map(|cell| Actor::member(cell.role)).collect();
    let ours = per_call_ns(cells.len(), |at| {
        let (actor, cell) = (&actors[at], &cells[at]);
        std::hint::black_box(pack.decide(std::hint::black_box(actor), cell.permission).is_allowed())
    });
    let theirs = per_call_ns(cells.len(), |at| cedar.decide(at));
    let others = per_call_ns(cells.len(), |at| casbin.decide(&cells[at]).unwrap_or_default());
    let warm = warm::measure().await?;

    println!("# A decision\n");
    println!("| {} cells of the workspace's matrix, {granted} granted | ns a decision | ÷ ours | goal ns |", cells.len());
    println!("| :-- | --: | --: | --: |");
    println!("| bailiwick-kernel | {ours:.1} | 1 | 20 |");
    println!("| cedar-policy | {theirs:.0} | {:.0} | |", theirs / ours);
    println!("| casbin | {others:.0} | {:.0} | |", others / ours);
    println!("\n| a warm request | µs | goal µs |");
    println!("| :-- | --: | --: |");
    println!("| the token is known: hash, look-up, times | {:.2} | |", warm.verify_us);
    println!("| context, scope, decision | {:.2} | 2 |", warm.authorize_us);
    println!("\nMedians of {} rounds; one processor. Before timing, the three engines gave the same answer in every cell.", timing::ROUNDS);
    Ok(())
}
