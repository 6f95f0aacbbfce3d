//! Second factors: set up, asked for at sign-in, attacked.

mod attacks;
mod own;
mod sign_in;

const ADA: &str = "ada@northwind.example";
const GRACE: &str = "grace@northwind.example";
