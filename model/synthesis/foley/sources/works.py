"""Works: factories, building sites, ventilation, and motors one carries about."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import buzz, moved, place, ring, shape, silence, tone
from model.synthesis.foley.sources.noise import RATE, Samples, band, curve, noise, outdoors, resonated
from model.synthesis.foley.sources.source import Source


def _clank(rng: Generator, body: float) -> Samples:
    """Metal struck on metal: a dozen unrelated modes above `body` Hz, the high ones short."""
    hz = body * np.cumprod(rng.uniform(1.12, 1.5, 10))
    modes = [(float(f), float(rng.uniform(0.3, 1.0)), float(min(0.9, 500 / f))) for f in hz if f < 12_000]
    return ring(0.7, modes) / np.float32(len(modes))


def machinery(n: int, rng: Generator) -> Samples:
    """A works hall: motors hum at twice the mains' 50 Hz and its multiples, fans blow, a press clanks in rhythm.

    Magnetic forces go with the square of a current of 50 Hz; metal plates have modes with no common ratio.
    """
    hum = tone(np.full(n, 100.0), (1.0, 0.6, 0.35, 0.3, 0.15, 0.12))
    gears = resonated(buzz(rng.uniform(55, 75) * curve(rng, n, 0.2, 0.97, 1.03)), [(520, 250, 1.0), (1400, 700, 0.6)])
    fans = noise(rng, n, band(110, 1100, 1.4), width=0.8) * curve(rng, n, 0.5, 0.85, 1.0)
    canvas, every, at = silence(n), rng.uniform(0.55, 0.95), rng.uniform(0.05, 0.3)
    blow, echo, low = _clank(rng, 380), _clank(rng, 900), ring(0.25, [(75, 1.0, 0.25), (140, 0.6, 0.15)])
    while at < n / RATE:
        place(canvas, blow, at, -0.3, 9.0)
        place(canvas, low, at, -0.3, 1.2)
        place(canvas, echo, at + 0.42 * every, 0.4, 5.0)
        at += every
    gears /= max(1e-6, float(gears.std()))
    return outdoors(rng, canvas, 1.4, 0.35, 4000) + 0.3 * fans + moved(0.16 * hum + 0.14 * gears, 0.1)


def ventilation(n: int, rng: Generator) -> Samples:
    """Air conditioning: a fan's broad rush below 1 kHz, its blade tone, and the compressor's hum at mains harmonics.

    Broad noise of the blades' turbulence falls by some 7 dB an octave above 300 Hz; the motor hums at 100 Hz.
    """
    rush = noise(rng, n, band(45, 300, 1.2), width=0.7) * curve(rng, n, 0.6, 0.8, 1.0)
    hum = tone(np.full(n, 100.0), (0.7, 0.5, 0.2, 0.25, 0.1))
    blades = tone(rng.uniform(140, 210) * curve(rng, n, 0.3, 0.995, 1.005), (0.4, 0.2, 0.1))
    rattle = noise(rng, n, band(1000, 3000, 1.5), width=0.8) * (
        0.6 + 0.4 * np.sin(2 * np.pi * 25 * np.arange(n) / RATE)
    )
    return np.asarray(rush + moved(0.35 * hum + 0.3 * blades, -0.2) + 0.025 * rattle, dtype=np.float32)


def hammering(n: int, rng: Generator) -> Samples:
    """Carpenters: runs of three to eight blows on wood or a nail, about three a second, with the echo of a wall.

    A board's bending modes, short with damping, and a nail's, which are high and shorten as it goes in.
    """
    canvas, at = silence(n), rng.uniform(0.05, 0.3)
    while at < n / RATE:
        pan, pitch, pace, loud = (
            rng.uniform(-0.8, 0.8),
            rng.uniform(0.8, 1.3),
            rng.uniform(0.27, 0.42),
            rng.uniform(0.4, 1),
        )
        for _ in range(rng.integers(3, 9)):
            wood = ring(0.14, [(260 * pitch, 1.0, 0.09), (590 * pitch, 0.7, 0.06), (1240 * pitch, 0.5, 0.04)])
            nail = ring(0.14, [(2900 * pitch, 0.35, 0.08), (4700 * pitch, 0.25, 0.06)])
            click = noise(rng, len(wood), band(800, 6000), channels=1)[0] * shape(len(wood), 0.0005, 0.13, 8.0)
            place(canvas, wood + nail + 0.5 * click, at, pan, loud * rng.uniform(0.7, 1.0))
            at += pace * rng.uniform(0.93, 1.07)
        at += rng.uniform(0.3, 1.4)
    return outdoors(rng, canvas, 0.9, 0.3, 4000) + 0.004 * noise(rng, n, band(80, 1500))


def jackhammer(n: int, rng: Generator) -> Samples:
    """A pneumatic drill: 16 to 25 blows a second, each a crack of concrete and the ring of the chisel.

    Each blow breaks grains at random, a burst without pitch; the free steel between rings with its length's modes.
    """
    canvas, rate = silence(n), rng.uniform(16, 24)
    steel = ring(0.12, [(float(f), 0.4, 0.09) for f in (830, 1720, 2650, 3900, 5300)])
    on, at, burst = True, 0.0, rng.uniform(1.5, 5.0)
    while at < n / RATE:
        if on:
            m = int(0.05 * RATE)
            crack = noise(rng, m, band(70, 3000, 0.6), channels=1)[0] * shape(m, 0.002, 0.048, 1.5)
            place(canvas, crack + 0.35 * steel[:m], at, 0.15, rng.uniform(0.75, 1.0))
            at, burst = at + rng.uniform(0.96, 1.04) / rate, burst - 1 / rate
        else:
            at, burst = at + 0.05, burst - 0.05
        if burst < 0:
            on, burst = not on, rng.uniform(0.2, 0.6) if on else rng.uniform(2.0, 5.0)
    air = noise(rng, n, band(150, 4000, 0.8), width=0.8)
    compressor = resonated(buzz(np.full(n, 27.0)), [(80, 40, 1.0), (210, 120, 0.6)])
    compressor /= max(1e-6, float(compressor.std()))
    return outdoors(rng, canvas, 0.7, 0.5, 5000) + 0.2 * air + moved(0.12 * compressor, -0.6)


def reversing(n: int, rng: Generator) -> Samples:
    """A lorry or loader backing up: beeps of 1 to 1.3 kHz, half a second on, half a second off.

    A piezo disc driven by a square wave: odd harmonics, and a direction one can tell.
    """
    t, hz = np.arange(n, dtype=np.float32) / RATE, rng.uniform(1050, 1300)
    gate = np.clip(np.sin(2 * np.pi * t / rng.uniform(0.9, 1.1) + 1.0) * 60, 0, 1)
    beep = moved(tone(np.full(n, hz), (1.0, 0.1, 0.25)) * gate, float(rng.uniform(-0.6, 0.6)))
    motor = resonated(buzz(24 * curve(rng, n, 0.3, 0.9, 1.2)), [(80, 50, 1.0), (230, 150, 0.6)])
    motor /= max(1e-6, float(motor.std()))
    return outdoors(rng, beep, 0.8, 0.3, 3000) + moved(0.18 * motor, 0.2) + 0.04 * noise(rng, n, band(100, 900))


def _two_stroke(n: int, rng: Generator, firing: Samples, bright: float) -> Samples:
    """A small two-stroke (n,): sharp pulses through a short muffler; `bright` weighs what it leaves above 2 kHz."""
    uneven = 1 + 0.12 * noise(rng, n, band(8, 60, 1), channels=1)[0]
    peaks = [(250, 180, 0.7), (750, 400, 1.0), (1900, 900, 0.8), (4200, 2500, bright)]
    sound = resonated(buzz(firing, 16.0) * uneven, peaks)
    return np.asarray(sound / max(1e-6, float(sound.std())), dtype=np.float32)


def chainsaw(n: int, rng: Generator) -> Samples:
    """A chainsaw: idling at some 45 firings a second, revving to 150, lower in the wood; the chain rasps.

    One cylinder, one firing a turn, a muffler too small to hide it; the chain's teeth scrape broadly.
    """
    throttle = np.clip(curve(rng, n, 1.4, -0.3, 1.4), 0, 1)
    motor = _two_stroke(n, rng, 48 + 92 * throttle, 0.7)
    chain = noise(rng, n, band(500, 6000, 0.7), channels=1)[0] * (0.15 + throttle)
    return moved(motor * (0.35 + 0.65 * throttle) + 0.6 * chain, curve(rng, n, 0.15, -0.3, 0.3)) + 0.03 * noise(
        rng, n, band(100, 2000)
    )


def lawn_mower(n: int, rng: Generator) -> Samples:
    """A lawn mower going up and down: 45 firings a second, the blade's broad whir, a little lower in thick grass.

    The blade turns as fast as the motor fires, and modulates the rush of the air it moves.
    """
    load, there = curve(rng, n, 0.5, 0.94, 1.03), curve(rng, n, 0.12, -0.8, 0.8)
    motor = _two_stroke(n, rng, 46 * load, 0.25)
    whir = noise(rng, n, band(350, 2600, 1.1), channels=1)[0] * (
        1 + 0.3 * np.sin(2 * np.pi * np.cumsum(46 * load) / RATE)
    )
    return moved((motor + 0.6 * whir) * (1 - 0.35 * np.abs(there)), there) + 0.04 * noise(rng, n, band(200, 3000))


def sprinkler(n: int, rng: Generator) -> Samples:
    """An impact sprinkler: the arm knocks the jet four times a second, each a hiss of spray; then it sweeps back.

    A jet breaks into drops above 1 kHz; the spring arm interrupts it four times a second.
    """
    t, sweep = np.arange(n, dtype=np.float32) / RATE, rng.uniform(5.0, 7.0)
    cycle = (t / sweep + np.float32(rng.random())) % 1
    rate = np.where(cycle < 0.8, 3.8, 13.0)
    beat = (np.cumsum(rate, dtype=np.float64) / RATE % 1).astype(np.float32)
    pulse = np.exp(-5 * beat) * np.minimum(1, beat * 40)
    side = np.where(cycle < 0.8, cycle / 0.4 - 1, 1 - (cycle - 0.8) / 0.1)
    spray = noise(rng, n, band(1200, 5500, 1.3), channels=1)[0] * (0.25 + pulse)
    tick = noise(rng, n, band(900, 2500, 2), channels=1)[0] * np.exp(-60 * beat) * np.minimum(1, beat * 200)
    fall = noise(rng, n, band(1000, 5000, 1.2), width=1.0) * 0.12
    return moved(np.asarray(spray + 1.4 * tick, dtype=np.float32), 0.8 * side) + fall


SOURCES = (
    Source(
        "machinery",
        machinery,
        ("industry", "depot"),
        (
            "factory machinery humming and clanking",
            "industrial plant noise",
            "pumps and presses throb in a works",
            "metal clangs in a workshop",
            "conveyor belts and cranes whine",
        ),
    ),
    Source(
        "ventilation",
        ventilation,
        ("city", "industry", "depot", "parking"),
        ("an air conditioner hums", "ventilation fans on the roof", "an electrical hum of a transformer"),
        -4,
    ),
    Source(
        "hammering",
        hammering,
        ("industry", "residential", "city", "depot"),
        ("hammering on a building site", "carpenters at work on a roof", "construction work"),
        -1,
    ),
    Source(
        "jackhammer",
        jackhammer,
        ("city", "industry", "street"),
        ("a jackhammer breaks concrete", "a pneumatic drill", "drilling in the road"),
    ),
    Source(
        "reversing",
        reversing,
        ("industry", "parking", "harbour", "depot"),
        ("the beeping of a reversing truck", "forklifts beep in a warehouse yard", "a crossing signal beeps"),
        -3,
    ),
    Source("chainsaw", chainsaw, ("forest",), ("a chainsaw cutting wood", "loggers saw trunks in the forest")),
    Source(
        "lawn_mower",
        lawn_mower,
        ("suburb", "golf", "sports", "residential"),
        ("a lawn mower", "mowing the fairway", "a hedge trimmer or leaf blower drones"),
    ),
    Source(
        "sprinkler",
        sprinkler,
        ("golf", "suburb", "farmland", "residential", "orchard"),
        ("a sprinkler ticking", "irrigation sprinklers hiss over the lawn", "sprinklers water the green"),
        -3,
    ),
)
