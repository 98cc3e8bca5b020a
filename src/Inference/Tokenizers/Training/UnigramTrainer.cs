using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>
/// Trains a unigram model in SentencePiece's way (Kudo 2018): from far too many pieces, those that the text can best do without are
/// taken out again and again, and the probabilities of the others fitted. The same text and options give the same tokenizer.
/// </summary>
public static class UnigramTrainer
{
    private const int Bytes = 256;
    private const int SeedsPerToken = 20;
    private const int LeastSeeds = 10_000;
    private const int TurnsOfFitting = 2;
    private const double KeptShare = 0.75;

    // Pruning stops a little above the size asked for; what is left over goes by probability.
    private const double Slack = 1.1;

    /// <summary>Trains on texts; no token crosses from one into the next, or from one word into the next.</summary>
    /// <param name="texts">The texts; each is looked at once.</param>
    /// <param name="options">What to make.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the vocabulary has no room for the characters of the text.</exception>
    public static Tokenizer Train(IEnumerable<string> texts, UnigramTrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumCharacters, 1, nameof(options));
        if (options.CharacterCoverage is not (> 0 and <= 1))
            throw new ArgumentException($"A coverage of {options.CharacterCoverage.ToString(CultureInfo.InvariantCulture)} is not above 0 and up to 1.", nameof(options));
        var special = new TrainedSpecialTokens(options, UnigramTrainingOptions.UnknownToken);
        int target = options.VocabularySize - special.Count - (options.ByteFallback ? Bytes : 0);

        var words = new WordCounter();
        TrainingText.Split(texts, [new MarkerSplitter(joinsRuns: true)], words, cancellationToken, [.. SentencePieceVocabulary.Spaces(addPrefix: true)]);
        var seeds = SeedPieces.Find(words, Math.Max(LeastSeeds, SeedsPerToken * Math.Max(0, target)), options.CharacterCoverage, options.MaximumCharacters, cancellationToken);
        int characters = seeds.Count(seed => seed.IsCharacter);
        if (target < Math.Max(1, characters))
        {
            throw new ArgumentException($"A vocabulary of {options.VocabularySize} tokens has no room for the {characters} characters of the text "
                + $"besides {options.VocabularySize - target} special tokens and bytes.", nameof(options));
        }

        var learnt = seeds.Count == 0 ? [] : Learn(new UnigramPieces(words, seeds), target, options.Progress, cancellationToken);
        return Create(special, options.ByteFallback, learnt);
    }

    private static List<(byte[] Text, float Score)> Learn(UnigramPieces pieces, int target, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        int first = pieces.Count, enough = (int)(Slack * target);
        while (true)
        {
            for (int turn = 0; turn < TurnsOfFitting; turn++)
                pieces.Fit(cancellationToken);
            if (pieces.Count <= enough)
                break;
            pieces.Prune(Math.Max(enough, (int)(KeptShare * pieces.Count)), cancellationToken);
            progress?.Report(1 - ((double)(pieces.Count - enough) / Math.Max(1, first - enough)));
        }

        progress?.Report(1);
        return pieces.Finish(target);
    }

    private static Tokenizer Create(TrainedSpecialTokens special, bool hasBytes, List<(byte[] Text, float Score)> pieces)
    {
        var texts = new TokenTextsBuilder(pieces.Count + Bytes, 8 * (pieces.Count + Bytes));
        var types = new List<TokenType>();
        var scores = new List<float>();
        for (int id = 0; id < special.Count; id++)
            Add(special.Texts[id], id == special.Roles.Unknown ? TokenType.Unknown : TokenType.Control, 0);
        int[] bytes = new int[Bytes];
        Array.Fill(bytes, -1);
        for (int value = 0; hasBytes && value < Bytes; value++)
        {
            bytes[value] = types.Count;
            Add(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")), TokenType.Byte, 0);
        }

        foreach (var (text, score) in pieces)
            Add(text, TokenType.Normal, score);
        var vocabulary = new Vocabulary(texts.Build(), [.. types], "trained");
        return SentencePieceUnigram.Create(vocabulary, special.Roles, [.. scores], bytes, addPrefix: true, removesExtra: false, map: null);

        void Add(byte[] text, TokenType type, float score)
        {
            texts.Add(text);
            types.Add(type);
            scores.Add(score);
        }
    }
}
