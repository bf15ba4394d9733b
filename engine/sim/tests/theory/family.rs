//! The families of the table's models, with parameters that the table has not: the formulas against what they must agree
//! with at their edges, and the simulation against the formulas.

use crate::desks::{self, Desk};
use crate::formulas::{
    erlang_a, erlang_b, erlang_c, least_loaded, pollaczek_khinchine, priority, skills, transform,
};
use crate::table::hold;
use hark_sim::Draw;

/// Seed of all members; printed with each.
const SEED: u64 = 11;

fn hold_all(desks: Vec<Desk>) {
    let mut wrong = Vec::new();
    for mut desk in desks {
        let figures = desk.theory;
        assert!(figures.told().count() > 0, "{} has a theory", desk.name);
        wrong.extend(hold(&mut desk, figures, SEED).0);
    }
    assert!(wrong.is_empty(), "outside of their intervals:\n{}", wrong.join("\n"));
}

#[test]
fn one_line_with_and_without_patience() {
    hold_all(vec![
        desks::line("M/M/1", 1, 6.0, 300.0, None, 60.0),
        desks::line("M/M/2", 2, 15.0, 240.0, None, 10.0),
        desks::line("M/M/7+M", 7, 90.0, 300.0, Some(45.0), 15.0),
        desks::line("overload", 3, 60.0, 300.0, Some(90.0), 30.0),
    ]);
}

#[test]
fn three_classes_and_each_of_them() {
    let class = |class| desks::classes(&format!("class-{class}"), 3, &[8.0, 8.0, 8.0], class, 300.0, 30.0);
    hold_all((0..3).map(class).collect());
}

/// The table's C007, C009 and C021, and others: the walk that the service level of a class is computed by, and the inversion of
/// its transform, are the same to more digits than the table differs in.
#[test]
fn the_wait_of_a_less_urgent_class_is_the_same_by_two_ways() {
    let desks: [(u32, &[f64], f64, f64); 5] = [
        (2, &[7.2, 12.0], 300.0, 20.0),
        (4, &[12.0, 24.0], 300.0, 20.0),
        (20, &[108.0, 108.0], 300.0, 20.0),
        (3, &[8.0, 8.0, 8.0], 300.0, 30.0),
        (1, &[1.0, 2.0, 3.0], 400.0, 900.0),
    ];
    for (agents, per_hour, handle, threshold) in desks {
        let rates: Vec<f64> = per_hour.iter().map(|rate| rate / 3600.0).collect();
        for class in 0..rates.len() {
            let walk = priority(agents, &rates, class, handle, threshold).service_level.expect("it is told");
            let inverse = transform::within(agents, &rates, class, handle, threshold);
            assert!((walk - inverse).abs() < 1e-8, "{agents} {per_hour:?} {class}: {walk} and {inverse}");
        }
    }
}

#[test]
fn loss_does_not_feel_the_shape() {
    let shapes = [
        Draw::Fixed { mean_s: 200.0 },
        Draw::Exponential { mean_s: 200.0 },
        Draw::LogNormal { mean_s: 200.0, cv: 2.0 },
    ];
    let desk = |(number, draw): (usize, Draw)| desks::loss(&format!("loss-{number}"), 6, 100.0, draw);
    hold_all(shapes.into_iter().enumerate().map(desk).collect());
}

#[test]
fn skills_that_overlap_in_a_ring() {
    let ring = [vec![0, 1], vec![1, 2], vec![2, 0]];
    let kind = |kind| desks::kinds(&format!("ring-{kind}"), &[10.0, 8.0, 6.0], &ring, kind, 240.0);
    hold_all((0..3).map(kind).collect());
}

#[test]
fn two_chats_at_a_time() {
    hold_all(vec![desks::concurrency("two", 6, 100.0, &[0.2, 0.32], 200.0, 30.0)]);
}

#[test]
fn answers_misses_and_wrap_ups() {
    hold_all(vec![desks::slow_answers("wrap", 9.0, 180.0, [10.0, 45.0, 0.1, 30.0])]);
}

#[test]
fn a_wave_up_and_down() {
    let at = |hour: f64| desks::wave(&format!("wave-{hour}"), 90.0, 80.0, 21_600.0, 900.0, hour * 3600.0);
    hold_all(vec![at(7.5), at(10.5)]);
}

#[test]
fn both_nodes_of_a_network() {
    let node = |node| desks::network(&format!("node-{node}"), [20.0, 5.0], 0.5, [3, 2], 300.0, node);
    hold_all(vec![node(0), node(1)]);
}

fn close(a: Option<f64>, b: Option<f64>) {
    let (a, b) = (a.expect("it is told"), b.expect("it is told"));
    assert!((a - b).abs() < 1e-7 * b.abs().max(1e-6), "{a} and {b}");
}

#[test]
fn formulas_agree_where_their_models_meet() {
    let (rate, handle) = (0.02, 150.0);
    let plain = erlang_c(4, rate, handle, 20.0);
    let alone = priority(4, &[rate], 0, handle, 20.0);
    let (pooled, all) = ([rate / 2.0; 2], vec![vec![0, 1, 2, 3]; 2]);
    let flexible = skills(&pooled, &all, 4, handle, 1);
    for (a, b) in [(plain.p_wait, alone.p_wait), (plain.wait_all, alone.wait_all)] {
        close(a, b);
    }
    close(plain.service_level, alone.service_level);
    close(flexible.p_wait, plain.p_wait);
    close(flexible.wait_all, plain.wait_all);
    // One chat at a time is Erlang A; endless patience is Erlang C; a line of no length is Erlang B.
    let single = least_loaded(4, rate, &[1.0 / handle], 100.0, 20.0);
    let patient = erlang_a(4, rate, handle, 100.0, 20.0);
    for (a, b) in [(single.p_wait, patient.p_wait), (single.service_level, patient.service_level)] {
        close(a, b);
    }
    close(single.occupancy, patient.occupancy);
    let one = erlang_c(1, 0.005, 100.0, 20.0);
    let exponential = pollaczek_khinchine(0.005, 100.0, [0.0, 0.0, 0.0, 20.0]);
    close(exponential.wait_all, one.wait_all);
    assert!((erlang_b(1, 2.0) - 2.0 / 3.0).abs() < 1e-12);
}
