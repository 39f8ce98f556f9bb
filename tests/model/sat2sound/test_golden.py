"""At the published size, every recorded output of the reference comes out of our model (specification §12)."""

import dataclasses

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from model.sat2sound import ModelConfig, Sat2Sound, log_mel, losses
from model.sat2sound.checkpoint.published_names import published_name
from model.sat2sound.codebook import normalise, sparsemax
from model.sat2sound.image_encoder import position_embedding
from model.sat2sound.metadata import encode_metadata
from model.sat2sound.objective import contrastive, pseudo_positives, similarity
from model.training.evaluation.retrieval import ranks, retrieval_scores
from tests.model.sat2sound.made_up import shapes, wave

EMBEDDING, TOKENS = 2e-5, 2e-4
LOSS_NAMES = ("ia", "it", "at", "combined", "fdt", "multimodal", "total")
SIMILARITIES = ("ia", "it", "at", "i_at", "fdt")
FIELDS = {"time": "hour", "month": "month"}
UNKNOWN = {"time": [1, 3], "month": [2, 3]}
"""What is not known of each row: nothing of row 0, the hour of row 1, the month of row 2, neither of row 3."""
CASES = {
    "timeinv_row1": [1],
    "monthinv_row2": [2],
    "both_t1_m2": [1, 2],
    "bothinv_row3": [3],
}
"""The recorded batches, and in which of their rows the same is not known as in UNKNOWN; all is known of the others."""


def close(ours, recorded, tolerance):
    ours = ours.detach().numpy() if isinstance(ours, torch.Tensor) else ours
    np.testing.assert_allclose(ours, recorded, rtol=0, atol=tolerance)


def texts(golden, kind):
    tokens = torch.from_numpy(golden[f"{kind}_tok"].astype(np.float32))
    return tokens, torch.from_numpy(golden[f"{kind}_mask"])


def check_concepts(embedding, golden, prefix):
    assert (embedding.weights > 0).sum(dim=1).tolist() == golden[f"{prefix}_w_support"].tolist()
    index = torch.from_numpy(golden[f"{prefix}_w_idx"].astype(np.int64))
    close(embedding.weights.gather(1, index), golden[f"{prefix}_w_val"], 1e-6)
    close(embedding.weights.sum(dim=1), np.ones(len(index)), 1e-5)


@pytest.fixture(scope="module")
def patch_tokens(with_metadata, images, gsd):
    """The image encoder's output for the recorded images."""
    return with_metadata.image_encoder(images, gsd)


@pytest.fixture(scope="module")
def fused_tokens(with_metadata, patch_tokens, images, gsd, metadata):
    """The recorded images' tokens after metadata fusion."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(with_metadata.image_encoder, "forward", lambda *_: patch_tokens)
        return with_metadata.image_tokens(images, gsd, metadata)


@pytest.fixture
def fused_once(with_metadata, fused_tokens, monkeypatch):
    """Lets a test that looks at what follows metadata fusion go without running it again."""
    monkeypatch.setattr(with_metadata, "image_tokens", lambda *_, **__: fused_tokens)


@pytest.fixture(scope="module")
def everything(with_metadata, fused_tokens, golden, images, gsd, metadata, log_mels):
    """Embeddings of the recorded batch: image, audio, audio caption, image caption."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(with_metadata, "image_tokens", lambda *_, **__: fused_tokens)
        image = with_metadata.embed_images(images, gsd, metadata)
    return {
        "image": image,
        "audio": with_metadata.embed_log_mel(log_mels),
        "acap": with_metadata.embed_text_tokens(*texts(golden, "acap")),
        "icap": with_metadata.embed_text_tokens(*texts(golden, "icap")),
    }


def test_positions_encode_column_then_row_in_metres(golden, gsd):
    close(position_embedding(gsd, 14, 768)[:, ::13, ::48], golden["wm_pos_slice"], 1e-5)


def test_patches_and_backbone_match(with_metadata, patch_tokens, golden, images, gsd):
    encoder = with_metadata.image_encoder
    close(encoder.patch(images).flatten(2).transpose(1, 2)[:, ::28, :32], golden["wm_patch_embed_slice"], TOKENS)
    tokens = encoder.backbone(images, gsd)
    close(tokens[:, ::28, :64], golden["wm_vit_slice"], TOKENS)
    close([tokens.mean(), tokens.std(correction=0), tokens.abs().max()], golden["wm_vit_stats"], 1e-3)
    close(patch_tokens[:, ::28, :64], golden["wm_sattok_slice"], TOKENS)


def test_metadata_encodings_and_tokens_match(with_metadata, golden, metadata):
    encoded = encode_metadata(metadata, 4)
    close(encoded.latlong, golden["latlong"], 1e-7)
    close(encoded.month, golden["month_enc"], 1e-7)
    close(encoded.time, golden["time_enc"], 1e-7)
    tokens = with_metadata.metadata_fusion.tokens(encoded, encoded.valid)
    close(tokens[:, :, :64], golden["wm_meta_tokens_in_slice"], TOKENS)


def test_fused_tokens_match(fused_tokens, golden):
    close(fused_tokens[:, ::28, :64], golden["wm_fused_slice"], TOKENS)
    close(fused_tokens[:, 196:, :64], golden["wm_fused_meta_slice"], TOKENS)


def test_image_embeddings_match_with_metadata(everything, golden):
    close(everything["image"].vector, golden["wm_img_emb"], EMBEDDING)
    check_concepts(everything["image"], golden, "wm_img")


def test_audio_matches_from_log_mel_to_embedding(with_metadata, everything, golden, log_mels):
    encoder = with_metadata.audio_encoder
    close(encoder.fold(encoder.normalise(log_mels))[:, 0, ::16, ::16], golden["wm_htsat_img_slice"], TOKENS)
    close(encoder(log_mels)[:, :, :32], golden["wm_frames_slice"], TOKENS)
    close(everything["audio"].vector, golden["wm_aud_emb"], EMBEDDING)
    check_concepts(everything["audio"], golden, "wm_aud")


@pytest.mark.parametrize("kind", ["acap", "icap"])
def test_text_embeddings_match_with_and_without_padding(with_metadata, everything, golden, kind):
    tokens, mask = texts(golden, kind)
    close(everything[kind].vector, golden[f"wm_{kind}_emb"], EMBEDDING)
    check_concepts(everything[kind], golden, f"wm_{kind}")
    close(with_metadata.embed_text_tokens(tokens).vector, golden[f"wm_{kind}_emb_nomask"], EMBEDDING)
    cut = tokens[3:, : int(mask[3].sum())]
    close(with_metadata.embed_text_tokens(cut).vector, golden[f"wm_{kind}_row3_trunc_emb"], EMBEDDING)


def test_losses_and_similarities_match_with_metadata(with_metadata, everything, golden):
    check_losses(with_metadata, everything, golden, "wm")


def check_losses(model, e, golden, prefix):
    terms = losses(e["image"], e["audio"], e["acap"], e["icap"], model.log_scales)
    np.testing.assert_allclose([float(terms[n]) for n in LOSS_NAMES], golden[f"{prefix}_losses"], rtol=1e-4)
    i, a, c, t = (e[k].vector for k in ("image", "audio", "acap", "icap"))
    pairs = {"ia": (i, a), "it": (i, c), "at": (a, c), "i_at": (i, a + c), "fdt": (i, t)}
    extra = []
    for name in SIMILARITIES:
        scaled = similarity(*pairs[name], model.log_scales[name])
        close(scaled * 0.07, golden[f"{prefix}_sim_{name}"], EMBEDDING)
        extra.append(int(pseudo_positives(scaled).sum()) - 4)
    assert extra == golden[f"{prefix}_n_pseudo"].tolist()


def test_the_model_without_metadata_matches(without_metadata, everything, golden, images, gsd, monkeypatch):
    tokens = without_metadata.image_encoder(images, gsd)
    close(tokens[:, ::28, :64], golden["nm_sattok_slice"], TOKENS)
    monkeypatch.setattr(without_metadata.image_encoder, "forward", lambda *_: tokens)
    # Sounds and words know nothing of metadata, and weights of one name are the same in both checkpoints.
    e = {**everything, "image": without_metadata.embed_images(images, gsd)}
    close(e["image"].vector, golden["nm_img_emb"], EMBEDDING)
    check_concepts(e["image"], golden, "nm_img")
    check_losses(without_metadata, e, golden, "nm")
    check_affinity(without_metadata.patch_affinity(images, gsd), golden, "nm")


def check_affinity(affinity, golden, prefix):
    recorded = golden[f"{prefix}_tokatt_img"]
    close(affinity[:, :, golden[f"{prefix}_tokatt_codes"]], recorded, 1e-5 * np.sqrt(np.mean(recorded**2)))
    heat = affinity[0, :, int(golden[f"{prefix}_heat_code"])].reshape(14, 14)
    close(heat, golden[f"{prefix}_heat_14"], 1e-5 * np.sqrt(np.mean(recorded**2)))


@pytest.mark.usefixtures("fused_once")
def test_patch_affinity_matches_and_leaves_the_metadata_tokens_out(with_metadata, golden, images, gsd, metadata):
    affinity = with_metadata.patch_affinity(images, gsd, metadata)
    assert affinity.shape == (4, 196, 16000)
    check_affinity(affinity, golden, "wm")
    heat = affinity[0, :, int(golden["wm_heat_code"])].reshape(1, 1, 14, 14)
    full = F.interpolate(heat, (224, 224), mode="bilinear", align_corners=False)[0, 0]
    full = (full - full.min()) / (full.max() - full.min() + 1e-9)
    close(full[::8, ::8], golden["wm_heat_224_slice"], 1e-4)


def test_words_find_the_recorded_concepts(with_metadata, golden):
    tokens, mask = texts(golden, "acap")
    scaled = with_metadata.codebook.affinity(tokens, "text") / 32.0 * mask[..., None]
    close(scaled[:, :, golden["wm_tokatt_codes"]], golden["wm_tokatt_acap"], 1e-3)
    best = scaled.argmax(dim=-1)
    assert (best == torch.from_numpy(golden["wm_tokatt_acap_best_code"].astype(np.int64)))[mask].all()


def hide(metadata, rows):
    changed = {}
    for token, hidden in rows.items():
        values = getattr(metadata, FIELDS[token])
        changed[FIELDS[token]] = [None if i in hidden else v for i, v in enumerate(values)]
    return dataclasses.replace(metadata, **changed)


@pytest.fixture(scope="module")
def unknown(with_metadata, patch_tokens, images, gsd, metadata):
    """The recorded images' embeddings when something of each row but the first is not known."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(with_metadata.image_encoder, "forward", lambda *_: patch_tokens)
        return with_metadata.embed_images(images, gsd, hide(metadata, UNKNOWN)).vector


@pytest.fixture(scope="module")
def unknown_in_training(with_metadata, patch_tokens, images, gsd, metadata):
    """The same, while the model is trained."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(with_metadata.image_encoder, "forward", lambda *_: patch_tokens)
        with_metadata.train()
        try:
            return with_metadata.embed_images(images, gsd, hide(metadata, UNKNOWN)).vector
        finally:
            with_metadata.eval()


def rows_of(case, unknown, known):
    """The rows (4, C) of a recorded batch, taken from embeddings of rows that know nothing of their neighbours."""
    return torch.stack([(unknown if row in CASES[case] else known)[row] for row in range(4)])


@pytest.mark.parametrize("case", ["timeinv_row1", "monthinv_row2", "bothinv_row3"])
def test_unknown_month_or_hour_gives_what_the_reference_gives(unknown, everything, golden, case):
    # The recording kept the encodings and changed the flags alone; a hidden token is zero before fusion either way.
    close(rows_of(case, unknown, everything["image"].vector), golden[f"valid_{case}_emb"], EMBEDDING)


def test_a_row_with_unknown_values_does_not_depend_on_its_neighbours(unknown, golden):
    """The reference's rows do (both_t1_m2 differs from its rows alone); ours equal the reference on each row alone."""
    close(unknown[1:2], golden["valid_single_timeinv_row1_emb"], EMBEDDING)
    close(unknown[2:3], golden["valid_single_monthinv_row2_emb"], EMBEDDING)


@pytest.mark.parametrize("case", sorted(CASES))
def test_in_training_unknown_tokens_stay_ordinary_queries(unknown_in_training, everything, golden, case):
    close(rows_of(case, unknown_in_training, everything["image"].vector), golden[f"validslow_{case}_emb"], EMBEDDING)


def test_gradients_match(with_metadata, golden, images, gsd, metadata, log_mels):
    with_metadata.requires_grad_(True)
    try:
        e = [with_metadata.embed_images(images, gsd, metadata), with_metadata.embed_log_mel(log_mels)]
        e += [with_metadata.embed_text_tokens(*texts(golden, kind)) for kind in ("acap", "icap")]
        total = losses(*e, with_metadata.log_scales)["total"]
        total.backward()
        ours = {
            published_name(n): p.grad.norm().item() for n, p in with_metadata.named_parameters() if p.grad is not None
        }
    finally:
        with_metadata.requires_grad_(False)
        with_metadata.zero_grad(set_to_none=True)
    np.testing.assert_allclose(total.item(), golden["wm_grad_loss"], rtol=1e-4)
    names = list(shapes())
    recorded = {
        names[n]: norm for n, norm in zip(golden["wm_grad_names"], golden["wm_grad_norms"].tolist(), strict=True)
    }
    largest = max(recorded.values())
    for name, norm in recorded.items():
        if ".bn0." in name:
            continue  # recorded through a torch layout whose batch norm backward is wrong: checked by differences below
        assert ours[name] == pytest.approx(norm, rel=2e-3, abs=1e-6 * largest), name


def test_the_gradient_of_the_mel_batch_norm_is_the_slope_of_the_output():
    torch.manual_seed(0)
    model = Sat2Sound(ModelConfig.tiny()).double().eval()
    log_mels, direction = torch.randn(2, 1001, 64).double() * 10 - 40, torch.randn(2, 32).double()
    bias = model.audio_encoder.bn0.bias

    def output() -> torch.Tensor:
        return (model.embed_log_mel(log_mels).vector * direction).sum()

    (slope,) = torch.autograd.grad(output(), bias)
    with torch.no_grad():
        bias += 1e-6 * slope
        after = output()
        bias -= 2e-6 * slope
        before = output()
    assert float((after - before) / 2e-6) == pytest.approx(float(slope.square().sum()), rel=1e-3)


@pytest.mark.usefixtures("fused_once")
def test_weak_queries_show_the_padding_rule(with_metadata, golden, images, gsd, metadata):
    linear = [with_metadata.codebook.queries[m].q_map[4] for m in ("text", "image")]
    saved = [{k: v.clone() for k, v in layer.state_dict().items()} for layer in linear]
    tokens, mask = texts(golden, "acap")
    try:
        for layer in linear:
            layer.load_state_dict({k: v / 1024 for k, v in layer.state_dict().items()})
        masked = with_metadata.embed_text_tokens(tokens, mask)
        image = with_metadata.embed_images(images, gsd, metadata)
        cut = with_metadata.embed_text_tokens(tokens[3:, : int(mask[3].sum())])
    finally:
        for layer, state in zip(linear, saved, strict=True):
            layer.load_state_dict(state)
    close(masked.vector, golden["weak_acap_emb"], EMBEDDING)
    assert (masked.weights > 0).sum(dim=1).tolist() == golden["weak_acap_support"].tolist()
    close(image.vector, golden["weak_img_emb"], EMBEDDING)
    close(cut.vector, golden["weak_row3_trunc_emb"], EMBEDDING)


def test_the_log_mel_front_end_matches(golden):
    ours = log_mel(torch.from_numpy(np.stack([wave(number) for number in range(4)]))).numpy()
    difference = ours[0, ::4] - golden["mel0_f32"]
    assert np.abs(difference).max() < 0.05
    assert np.sqrt(np.mean(difference**2)) < 1e-3
    assert np.abs(ours - golden["mel_f16"]).max() < 0.1


@pytest.mark.parametrize("i", [0, 2])
def test_a_batch_of_one_equals_a_batch_of_many(with_metadata, everything, images, gsd, metadata, log_mels, i):
    row = dataclasses.replace(
        metadata, **{f.name: [getattr(metadata, f.name)[i]] for f in dataclasses.fields(metadata)}
    )
    image = with_metadata.embed_images(images[i : i + 1], gsd[i : i + 1], row)
    close(image.vector, everything["image"].vector[i : i + 1].numpy(), EMBEDDING)
    audio = with_metadata.embed_log_mel(log_mels[i : i + 1])
    close(audio.vector, everything["audio"].vector[i : i + 1].numpy(), EMBEDDING)


@pytest.mark.parametrize("alpha", [0.0, 0.1, 0.5])
def test_the_contrastive_loss_counts_ties_as_pseudo_positives(golden, alpha):
    similarities = torch.from_numpy(golden["loss_S"])
    assert float(contrastive(similarities, alpha)) == pytest.approx(float(golden[f"loss_alpha{alpha}"]), rel=1e-5)
    np.testing.assert_array_equal(pseudo_positives(similarities).numpy(), golden["loss_matched"])


def test_sparsemax_pooling_matches_the_recorded_logits(with_metadata, fused_tokens, everything, golden):
    z = with_metadata.codebook.affinity(fused_tokens, "image").amax(dim=1) / 32.0 / 1000.0
    close(z.topk(64, dim=1).values, golden["wm_img_pooled_top"], 1e-5)
    close(sparsemax(z), everything["image"].weights.numpy(), 1e-7)


def test_retrieval_is_scored_as_recorded_ties_included(golden):
    cosine = normalise(torch.from_numpy(golden["ret_A"])) @ normalise(torch.from_numpy(golden["ret_B"])).T
    found = retrieval_scores(ranks(cosine))
    assert [found.recall_10_percent, found.median_rank] == golden["ret_R10pct_median"].tolist()
