using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>The ids a model gives special roles, and whether it wants them added.</summary>
internal sealed record SpecialTokens(int? Bos, int? Eos, int? Unknown, bool AddBos, bool AddEos)
{
    /// <summary>
    /// Reads the <c>tokenizer.ggml.*</c> entries. Values in <paramref name="defaults"/> stand where the file is silent; an id
    /// among them that a small vocabulary does not have is left out.
    /// </summary>
    /// <exception cref="InvalidModelException">An id is not in the vocabulary.</exception>
    public static SpecialTokens Read(GgufMetadata metadata, int vocabularySize, SpecialTokens defaults)
    {
        return new SpecialTokens(
            Id("tokenizer.ggml.bos_token_id", defaults.Bos),
            Id("tokenizer.ggml.eos_token_id", defaults.Eos),
            Id("tokenizer.ggml.unknown_token_id", defaults.Unknown),
            metadata.TryGetBoolean("tokenizer.ggml.add_bos_token", out bool addBos) ? addBos : defaults.AddBos,
            metadata.TryGetBoolean("tokenizer.ggml.add_eos_token", out bool addEos) ? addEos : defaults.AddEos);

        int? Id(string key, int? absent)
        {
            if (!metadata.TryGetInt64(key, out long id))
                return absent < vocabularySize ? absent : null;
            return id >= 0 && id < vocabularySize
                ? (int)id
                : throw metadata.GetValue(key).Error($"{id}", $"a token id from 0 to {vocabularySize - 1}");
        }
    }
}
