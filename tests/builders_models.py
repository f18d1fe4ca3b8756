"""A small language model of another width: it knows a few words, and their translations as the same."""

from pathlib import Path

WORDS = {
    "life": ("life", "vie", "生", "حياة", "жизнь", "vida"),
    "mars": ("mars", "火", "المريخ", "марс", "marte"),
    "water": ("water", "eau", "水", "ماء", "вода", "agua"),
    "moon": ("moon", "lune", "月", "القمر", "луна", "luna"),
    "light": ("light", "lumière", "光", "ضوء", "свет", "luz"),
    "star": ("star", "étoile", "星", "نجم", "звезда", "estrella"),
}
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
TOY_WIDTH = 24


def make_toy_model(folder: Path) -> Path:
    """Save a random model with mean pooling whose translations of a word have one embedding; needs no network."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(7)
    vocabulary = [*SPECIAL, *(word for words in WORDS.values() for word in words), "?"]
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=TOY_WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
        initializer_range=0.02,
    )
    model = BertModel(config).eval()
    table = model.embeddings.word_embeddings.weight.data
    for first, *translations in WORDS.values():
        for word in translations:
            table[vocabulary.index(word)] = table[vocabulary.index(first)]
    table *= 50
    # Only words say something: not where they stand, nor the signs between them.
    table[: len(SPECIAL)], table[-1] = 0, 0
    model.embeddings.position_embeddings.weight.data.zero_()
    parts = folder.with_name(f"{folder.name}-parts")
    model.save_pretrained(parts)
    _tokenizer(vocabulary).save_pretrained(parts)
    reader = Transformer(str(parts), max_seq_length=64)
    SentenceTransformer(modules=[reader, Pooling(TOY_WIDTH, pooling_mode="mean")], device="cpu").save(str(folder))
    return folder


def _tokenizer(vocabulary: list[str]):
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    numbers = {word: number for number, word in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", numbers["[SEP]"]), ("[CLS]", numbers["[CLS]"]))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=64,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
