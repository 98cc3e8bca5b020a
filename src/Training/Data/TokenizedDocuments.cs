using System.Runtime.InteropServices;
using System.Security.Cryptography;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Training.Data;

/// <summary>Documents as tokens, in memory, each between the begin and the end token that the vocabulary has.</summary>
public sealed class TokenizedDocuments
{
    private readonly int[] _tokens;
    private readonly int[] _starts;

    private TokenizedDocuments(int[] tokens, int[] starts)
    {
        _tokens = tokens;
        _starts = starts;
        IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<int>(tokens));
        hash.AppendData(MemoryMarshal.AsBytes<int>(starts));
        Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>Number of documents.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Number of tokens.</summary>
    public int TokenCount => _tokens.Length;

    /// <summary>Changes with any token.</summary>
    public string Fingerprint { get; }

    /// <summary>The tokens of a document.</summary>
    /// <param name="document">Its number, from 0.</param>
    /// <returns>The tokens.</returns>
    public ReadOnlySpan<int> this[int document] => _tokens.AsSpan(_starts[document].._starts[document + 1]);

    /// <summary>Documents that are tokens already; nothing is put around them.</summary>
    /// <param name="documents">The documents; empty ones are left out.</param>
    /// <returns>The documents.</returns>
    public static TokenizedDocuments FromTokens(IEnumerable<int[]> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var tokens = new List<int>();
        var starts = new List<int> { 0 };
        foreach (int[] document in documents)
        {
            if (document.Length == 0)
                continue;
            tokens.AddRange(document);
            starts.Add(tokens.Count);
        }

        return new TokenizedDocuments([.. tokens], [.. starts]);
    }

    /// <summary>Encodes texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="parseSpecial">Whether names of control tokens in the texts are those tokens.</param>
    /// <param name="cancellationToken">Looked at after each document.</param>
    /// <returns>The documents.</returns>
    public static TokenizedDocuments FromTexts(
        IEnumerable<string> texts, Tokenizer tokenizer, bool parseSpecial, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return FromTokens(texts.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(text => Encode(text, tokenizer, parseSpecial)));
    }

    /// <summary>Reads and encodes files, as <see cref="DocumentReader"/> reads them.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="parseSpecial">Whether names of control tokens in the texts are those tokens.</param>
    /// <param name="cancellationToken">Looked at after each document.</param>
    /// <returns>The documents.</returns>
    /// <exception cref="TrainingDataException">A file is not as it must be, or none has a document.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static TokenizedDocuments Read(
        IReadOnlyList<string> paths, Tokenizer tokenizer, bool parseSpecial, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        try
        {
            TokenizedDocuments documents = FromTexts(paths.SelectMany(DocumentReader.Read), tokenizer, parseSpecial, cancellationToken);
            return documents.Count > 0 ? documents : throw new TrainingDataException(string.Join(", ", paths), 0, "there is no document.");
        }
        catch (AggregateException errors) when (errors.InnerExceptions[0] is TrainingDataException or IOException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
            throw;
        }
    }

    // A text that ends with the end token, as a dialogue does, gets no second one.
    private static int[] Encode(string text, Tokenizer tokenizer, bool parseSpecial)
    {
        int[] tokens = tokenizer.Encode(text, addBos: tokenizer.BosId is not null, parseSpecial);
        return tokenizer.EosId is { } end && (tokens.Length == 0 || tokens[^1] != end) ? [.. tokens, end] : tokens;
    }
}
