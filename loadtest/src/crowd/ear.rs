//! What a crowd is ordered, one line each on standard input, without ever waiting for it once it has begun. It obeys
//! nothing itself.

use anyhow::Context as _;
use rustix::io::{Errno, ioctl_fionbio};

use crate::crowd::order::Order;

/// Standard input, line by line.
pub struct Orders {
    /// Where they come from, for waiting.
    pub input: std::io::Stdin,
    partial: Vec<u8>,
}

impl Orders {
    /// Begins to listen.
    ///
    /// # Errors
    /// When there is no standard input.
    pub fn new() -> anyhow::Result<Self> {
        let input = std::io::stdin();
        ioctl_fionbio(&input, true)?;
        Ok(Self { input, partial: Vec::new() })
    }

    /// The first order, however long it takes to come.
    ///
    /// # Errors
    /// When it is none.
    pub fn wait(&mut self) -> anyhow::Result<Option<Order>> {
        ioctl_fionbio(&self.input, false)?;
        let mut line = Vec::new();
        let mut byte = [0];
        while rustix::io::read(&self.input, &mut byte)? == 1 && byte != *b"\n" {
            line.extend(byte);
        }
        ioctl_fionbio(&self.input, true)?;
        Ok(if line.is_empty() { None } else { Some(serde_json::from_slice(&line)?) })
    }

    /// The orders that have come; `None` at the end.
    ///
    /// # Errors
    /// When one of them is none.
    pub fn take(&mut self) -> anyhow::Result<Option<Vec<Order>>> {
        let mut bytes = [0; 4096];
        loop {
            match rustix::io::read(&self.input, &mut bytes) {
                Ok(0) => return Ok(None),
                Ok(length) => self.partial.extend_from_slice(bytes.get(..length).unwrap_or_default()),
                Err(Errno::AGAIN) => break,
                Err(error) => return Err(error).context("hearing orders"),
            }
        }
        let Some(end) = self.partial.iter().rposition(|byte| *byte == b'\n') else {
            return Ok(Some(Vec::new()));
        };
        let rest = self.partial.split_off(end + 1);
        let lines = std::mem::replace(&mut self.partial, rest);
        let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let orders: Result<Vec<Order>, _> = lines.map(serde_json::from_slice).collect();
        Ok(Some(orders?))
    }
}
