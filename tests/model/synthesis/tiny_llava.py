"""LLaVA at a size that writes in moments: the real classes, random weights, and a tokeniser of whole words."""

import torch
from tokenizers import AddedToken, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    CLIPImageProcessorPil,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

WORDS = ["waves", "gulls", "wind", "traffic", "birds", "and", "far", "over", "the", "sea", "softly", "engines"]
SIDE, PATCH = 28, 14


def write_tiny_llava(folder, seed=0):
    """Write a checkpoint in the published layout into `folder`, and return it."""
    tokenizer = _tokenizer()
    vision = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=SIDE,
        patch_size=PATCH,
        projection_dim=16,
    )
    text = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=256,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    config = LlavaConfig(
        vision_config=vision, text_config=text, image_token_index=tokenizer.convert_tokens_to_ids("<image>")
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = LlavaForConditionalGeneration(config)
        for parameter in network.parameters():  # as initialised, the image hardly matters to what is written
            parameter.data = torch.randn_like(parameter) * 0.3
    # It would end at once, or write what no tokeniser shows.
    network.generation_config.suppress_tokens = [id for id in range(len(tokenizer)) if not is_word(tokenizer, id)]
    network.save_pretrained(folder)
    processor = LlavaProcessor(
        CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}),
        tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
    )
    processor.save_pretrained(folder)
    return folder


def is_word(tokenizer, id):
    return tokenizer.convert_ids_to_tokens(id) in WORDS


def _tokenizer():
    special = ["<pad>", "<s>", "</s>", "<unk>"]
    tokenizer = Tokenizer(WordLevel({word: id for id, word in enumerate([*special, *WORDS])}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )
    fast.add_tokens(AddedToken("<image>", special=True, normalized=False), special_tokens=True)
    return fast
