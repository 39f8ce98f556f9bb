"""Networks are where they are told to be, in a precision that they can bear."""

import threading

import pytest
import torch
from torch import nn

from model.errors import InvalidInput
from model.synthesis.device import Placement, Stage


def test_a_stage_that_is_offloaded_is_on_its_device_only_while_it_works():
    class Recorded(nn.Linear):
        def to(self, device):
            moves.append(str(device))
            return self

    def fail(stage):
        with stage.at_work():
            raise ValueError("the work failed")

    moves = []
    stage = Stage(Recorded(1, 1), Placement("cuda", offload=True))
    assert moves == []
    with stage.at_work():
        assert moves == ["cuda"]
    assert moves == ["cuda", "cpu"]
    with pytest.raises(ValueError, match="failed"):
        fail(stage)
    assert moves == ["cuda", "cpu"] * 2


def test_a_stage_that_is_not_offloaded_moves_once():
    stage = Stage(nn.Linear(1, 1), Placement("meta"))
    with stage.at_work() as network:
        assert network.weight.device.type == "meta"


def test_float16_is_refused():
    with pytest.raises(InvalidInput, match="dtype"):
        Placement(dtype=torch.float16)


def test_a_gpu_is_chosen_in_bfloat16_where_there_is_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert Placement.choose() == Placement("cuda", torch.bfloat16)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert Placement.choose() == Placement("cpu", torch.float32)


@pytest.mark.parametrize("dtype", [torch.float64, torch.int8, torch.complex64])
def test_any_other_precision_is_refused_and_the_two_are_named(dtype):
    with pytest.raises(InvalidInput, match=r"torch\.float32, torch\.bfloat16"):
        Placement(dtype=dtype)


def test_a_gpu_without_bfloat16_is_left_alone(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    assert Placement.choose() == Placement()


def test_threads_take_turns_with_a_network_that_is_offloaded():
    stage, inside, most = Stage(nn.Linear(1, 1), Placement("cpu", offload=True)), [], []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(20):
            with stage.at_work() as network:
                inside.append(network)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1


def test_threads_share_a_network_that_stays():
    stage = Stage(nn.Linear(1, 1), Placement("cpu"))
    with stage.at_work() as one, stage.at_work() as other:
        assert one is other
