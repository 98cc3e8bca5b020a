using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.Normalizers;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>SentencePiece's unigram model from GGUF, where the model is called "t5".</summary>
internal static class GgufUnigram
{
    private const string CharacterMapKey = "tokenizer.ggml.precompiled_charsmap";

    private static readonly SpecialTokens s_defaults = new() { Eos = 1, Unknown = 2, Padding = 0, AddEos = true };

    /// <exception cref="InvalidModelException">An entry is missing, or entries do not fit each other.</exception>
    public static Tokenizer Read(GgufFile file)
    {
        var metadata = file.Metadata;
        var vocabulary = GgufVocabulary.Read(file, needsTypes: true);
        var special = SpecialTokens.Read(metadata, vocabulary.Count, s_defaults);
        bool addPrefix = !metadata.TryGetBoolean("tokenizer.ggml.add_space_prefix", out bool add) || add;
        bool removesExtra = metadata.TryGetBoolean("tokenizer.ggml.remove_extra_whitespaces", out bool remove) && remove;
        float[] scores = GgufVocabulary.ReadScores(metadata, vocabulary.Count);
        int[] bytes = SentencePieceVocabulary.ByteTokens(vocabulary,
            (id, found) => metadata.GetValue(GgufVocabulary.TokensKey).Error($"{found} at index {id}, which is marked as a byte token", "<0x00> to <0xFF>"));
        return SentencePieceUnigram.Create(vocabulary, special, scores, bytes, addPrefix, removesExtra, ReadCharacterMap(metadata));
    }

    private static CharacterMap? ReadCharacterMap(GgufMetadata metadata)
    {
        if (!metadata.TryGetValue(CharacterMapKey, out var value))
            return null;
        if (!value.IsArray || value.ElementType is not (GgufValueType.UInt8 or GgufValueType.Int8))
            throw value.Error(value.Describe(), "an array of bytes");
        byte[] content = new byte[value.Count];
        for (int i = 0; i < content.Length; i++)
            content[i] = unchecked((byte)value.GetInt64(i));
        return content.Length == 0 ? null : CharacterMap.Read(content) ?? throw value.Error("malformed", "normalization rules as SentencePiece compiles them");
    }
}
