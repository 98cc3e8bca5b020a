using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>
/// SentencePiece BPE from GGUF, where the model is called "llama": a space is written U+2581, a text begins with one where the model says
/// so, pieces merge by score, and a character outside the vocabulary becomes its bytes (Kudo and Richardson, "SentencePiece", 2018).
/// </summary>
internal static class GgufSentencePiece
{
    // What SentencePiece itself uses unless told otherwise.
    private static readonly SpecialTokens s_defaults = new() { Bos = 1, Eos = 2, Unknown = 0, AddBos = true };

    /// <exception cref="InvalidModelException">An entry is missing, or entries do not fit each other.</exception>
    public static Tokenizer Read(GgufFile file)
    {
        var metadata = file.Metadata;
        var vocabulary = GgufVocabulary.Read(file, needsTypes: true);
        var special = SpecialTokens.Read(metadata, vocabulary.Count, s_defaults);
        bool addPrefix = !metadata.TryGetBoolean("tokenizer.ggml.add_space_prefix", out bool add) || add;
        float[] scores = GgufVocabulary.ReadScores(metadata, vocabulary.Count);
        int[] bytes = SentencePieceVocabulary.ByteTokens(vocabulary,
            (id, found) => metadata.GetValue(GgufVocabulary.TokensKey).Error($"{found} at index {id}, which is marked as a byte token", "<0x00> to <0xFF>"));
        if (special.Unknown is null && Array.IndexOf(bytes, -1) is var missing and >= 0)
        {
            throw metadata.GetValue(GgufVocabulary.TokensKey).Error($"without a byte token <0x{missing:X2}> and without an unknown token",
                "256 byte tokens or an unknown token");
        }

        return SentencePieceBpe.Create(vocabulary, special, scores, bytes, addPrefix, removesExtra: false, map: null);
    }
}
