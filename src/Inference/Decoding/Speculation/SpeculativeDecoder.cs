using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Decodes a sequence with speculation: a drafter proposes a tree, the target scores it in one pass, a verifier follows a path of it token by token,
/// and the sequence keeps that path. Processors, grammars, mirostat and log-probabilities see each token as without it.
/// </summary>
public sealed class SpeculativeDecoder : IDisposable
{
    // Random numbers of verifiers must not depend on those of drafts or of the pipeline: another key than any of theirs.
    private const uint Key = 0x76657269;
    private readonly ITreeSequence _sequence;
    private readonly SequenceSampler _sampler;
    private readonly IDrafter _drafter;
    private readonly IVerifier _verifier;
    private readonly IReadOnlyList<int> _stops;
    private readonly int _mostNodes;
    private readonly List<int> _path = [];
    private readonly Func<double> _uniform;
    private TokenTree? _tree;
    private View2<float> _logits;
    private int _node;
    private uint _draws;
    private int _tokens;
    private int _passes;
    private int _drafted;
    private int _judged;
    private int _accepted;
    private long _draftTicks;
    private long _targetTicks;

    /// <summary>Prepares a sequence.</summary>
    /// <param name="sequence">The target's sequence; the caller's to dispose of.</param>
    /// <param name="pipeline">How tokens are chosen.</param>
    /// <param name="options">How they are drafted and verified.</param>
    /// <param name="stopTokens">Tokens that end the generation.</param>
    /// <param name="topLogProbabilities">As for <see cref="SequenceSampler"/>.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or does not fit the model.</exception>
    public SpeculativeDecoder(
        ITreeSequence sequence, DecodingPipeline pipeline, SpeculationOptions options, IReadOnlyList<int>? stopTokens = null, int? topLogProbabilities = null)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _sequence = sequence;
        _stops = stopTokens ?? [];
        _mostNodes = Math.Min(options.MostNodes, sequence.MostTreeNodes);
        _verifier = options.Verifier ?? (pipeline.IsGreedy ? ExactVerifier.Instance : RejectionVerifier.Instance);
        _sampler = new SequenceSampler(pipeline, sequence.Device, sequence.Vocabulary, topLogProbabilities);
        try
        {
            _drafter = options.Drafts.Begin(sequence.Vocabulary, pipeline, sequence.Capacity);
        }
        catch
        {
            _sampler.Dispose();
            throw;
        }

        _uniform = () => (Ops.Philox(Key ^ _sampler.Seed, _draws++, 0) + 0.5) / 4294967296;
    }

    /// <summary>What speculation has done so far.</summary>
    public SpeculationStatistics Statistics => new()
    {
        Tokens = _tokens,
        Passes = _passes,
        Drafted = _drafted,
        Judged = _judged,
        Accepted = _accepted,
        DraftTime = Stopwatch.GetElapsedTime(0, _draftTicks),
        TargetTime = Stopwatch.GetElapsedTime(0, _targetTicks),
    };

    /// <summary>The probabilities the last token was chosen among, where they are measured.</summary>
    public StepLogProbabilities? LogProbabilities => _sampler.LogProbabilities;

    /// <summary>Chooses the next token.</summary>
    /// <param name="tokens">The prompt and what was generated: what the last call was given, and the token it gave.</param>
    /// <param name="promptLength">Tokens of the prompt.</param>
    /// <param name="mostTokens">Tokens that will be wanted, this one included; more are not drafted.</param>
    /// <returns>The token; -1 where processors have banned every one.</returns>
    /// <exception cref="DeviceException">A kernel failed.</exception>
    public SampledToken Next(ReadOnlyMemory<int> tokens, int promptLength, int mostTokens = int.MaxValue)
    {
        if (_tree is null)
            Pass(tokens, promptLength, mostTokens);
        TokenTree tree = _tree!;
        View1<float> logits = _logits.Row(_node);
        bool isDrafted = tree.Drawn(_node).Count > 0;
        SampledToken chosen;
        Verdict verdict;
        if (_verifier is ExactVerifier)
        {
            chosen = _sampler.Next(logits, tokens, promptLength);
            verdict = ExactVerifier.Follow(tree, _node, chosen.Token);
        }
        else if (_sampler.Distribution(logits, tokens, promptLength) is { } target)
        {
            verdict = _verifier.Choose(tree, _node, target, _uniform);
            chosen = _sampler.Take(verdict.Token, target.Probability(verdict.Token));
        }
        else
        {
            chosen = _sampler.Take(-1, 1);
            verdict = new Verdict(-1, -1);
        }

        _tokens++;
        _judged += isDrafted ? 1 : 0;
        _accepted += verdict.Child >= 0 ? 1 : 0;
        if (verdict.Child < 0)
        {
            Commit();
        }
        else
        {
            _node = verdict.Child;
            _path.Add(_node);
        }

        return chosen;
    }

    /// <summary>Lets the sequence keep all tokens that were chosen and scored, as after the last one. More can be decoded after it.</summary>
    public void Commit()
    {
        if (_tree is null)
            return;
        _sequence.CommitPath(CollectionsMarshal.AsSpan(_path));
        _tree = null;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _drafter.Dispose();
        _sampler.Dispose();
    }

    private void Pass(ReadOnlyMemory<int> tokens, int promptLength, int mostTokens)
    {
        ReadOnlySpan<int> all = tokens.Span;
        long started = Stopwatch.GetTimestamp();
        if (_sequence.Length < all.Length - 1)
            _sequence.Score(all[_sequence.Length..^1]);
        long scored = Stopwatch.GetTimestamp();
        var tree = new TokenTree(all[^1], Math.Max(Math.Min(_mostNodes, _sequence.Capacity - _sequence.Length), 1), Math.Max(mostTokens - 1, 0));
        if (tree.MostDepth > 0 && tree.MostNodes > 1)
            _drafter.Draft(new DraftRequest(tokens, promptLength, _verifier.Kind, _sampler.Seed, _stops), tree);
        _tree = tree.InDepthFirstOrder(out _);
        long drafted = Stopwatch.GetTimestamp();
        _logits = _sequence.ScoreTree(_tree);
        _sequence.Device.Synchronize();
        long passed = Stopwatch.GetTimestamp();
        _drafter.Observe(_tree, _logits);
        _node = 0;
        _path.Clear();
        _path.Add(0);
        _draftTicks += drafted - scored + Stopwatch.GetTimestamp() - passed;
        _targetTicks += passed - drafted + scored - started;
        _passes++;
        _drafted += _tree.Count - 1;
    }
}
