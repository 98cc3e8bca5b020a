using System.Text;

namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>The control tokens of a tokenizer in training, which have the first ids.</summary>
internal sealed class TrainedSpecialTokens
{
    /// <exception cref="ArgumentException">A token is empty or there twice, or a role names none of them.</exception>
    public TrainedSpecialTokens(TrainingOptions options, string? unknown = null)
    {
        var names = options.SpecialTokens;
        if (names.Any(string.IsNullOrEmpty) || names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw new ArgumentException("Special tokens must have texts, each its own.", nameof(options));
        Texts = [.. names.Select(Encoding.UTF8.GetBytes)];
        Roles = new SpecialTokens
        {
            Bos = Find(options.BosToken, nameof(options.BosToken)),
            Eos = Find(options.EosToken, nameof(options.EosToken)) ?? (names.Count > 0 ? 0 : null),
            Unknown = Find(unknown, "the unknown token"),
            AddBos = options.BosToken is not null,
        };

        int? Find(string? text, string role)
        {
            if (text is null)
                return null;
            int id = names.ToList().IndexOf(text);
            return id >= 0 ? id : throw new ArgumentException($"{role} is '{text}', which is none of the special tokens.", nameof(options));
        }
    }

    public IReadOnlyList<byte[]> Texts { get; }

    public int Count => Texts.Count;

    public SpecialTokens Roles { get; }
}
