using System.Diagnostics;
using KernelFoundry.Inference;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Evaluation;
using KernelFoundry.Training.Export;
using KernelFoundry.Training.Model;
using KernelFoundry.Training.Schedules;

namespace KernelFoundry.Training;

/// <summary>
/// Trains a model, or an adapter of one, step by step. With the same options, data and device kind it gives the same bits, for any number of threads and however
/// often it was saved and loaded. <see cref="TrainingRun"/> has the loop around it.
/// </summary>
public sealed partial class Trainer : IDisposable
{
    // Steps whose record has its place from the beginning, so that a step allocates nothing.
    private const int MostKept = 1 << 20;

    private readonly Device _device;
    private readonly TrainingOptions _options;
    private readonly TokenizedDocuments _documents;
    private readonly Tokenizer _tokenizer;
    private readonly GgufFile? _base;
    private readonly ModelConfiguration _model;
    private readonly ParameterLayout _layout;
    private readonly float[]? _baseWeights;
    private readonly TrainingEngine _engine;
    private readonly LearningRateSchedule _schedule;
    private readonly TokenBatch[] _batches;
    private readonly List<TrainingStep> _steps = [];
    private readonly List<EvaluationResult> _evaluations = [];
    private PackedSampler _sampler;
    private TokenBatch? _measured;

    private Trainer(Device device, TrainingOptions options, TokenizedDocuments documents, Tokenizer tokenizer, GgufFile? original)
    {
        options.Validate();
        if (documents.Count == 0)
            throw new ArgumentException("There are no documents to learn from.", nameof(documents));
        _device = device;

        // A tokenizer that cannot be written is found out now, not at the end.
        if (original is null)
            GgufTokenizerWriter.Write(tokenizer, new GgufWriter());
        _schedule = options.EffectiveSchedule;
        _steps.EnsureCapacity((int)Math.Min(options.Steps, MostKept));
        _options = options;
        _documents = documents;
        _tokenizer = tokenizer;
        _base = original;
        bool isTied = original is null ? options.Model!.TiesEmbeddings : !original.Tensors.TryGet("output.weight", out _);
        _model = original is null ? options.Model!.ToConfiguration(tokenizer.VocabularySize) : ModelConfiguration.Read(original);
        _layout = ParameterLayout.Of(_model, isTied);
        float[] weights = original is null ? TrainingEngine<float>.First(_layout, options.Seed) : ModelReader.Read(original, _layout);
        _baseWeights = options.Lora is null ? null : weights;
        _sampler = new PackedSampler(documents, _model.ContextLength, options.Seed);
        _batches = [.. Enumerable.Range(0, options.Batch.Parts).Select(_ => new TokenBatch(options.Batch.TokensAtOnce))];
        _engine = options.Precision == TrainingPrecision.BFloat16
            ? new TrainingEngine<BFloat16>(device, _model, _layout, weights, options)
            : new TrainingEngine<float>(device, _model, _layout, weights, options);
    }

    /// <summary>Sizes and constants of the model.</summary>
    public ModelConfiguration Model => _model;

    /// <summary>How it is trained.</summary>
    public TrainingOptions Options => _options;

    /// <summary>Turns text into the model's tokens.</summary>
    public Tokenizer Tokenizer => _tokenizer;

    /// <summary>Number of weights that learn.</summary>
    public int LearningWeights => _engine.Layout.Count;

    /// <summary>Number of weights of the model, those of adapters not among them.</summary>
    public int ModelWeights => _layout.Count;

    /// <summary>Steps that have been done.</summary>
    public long Step { get; private set; }

    /// <summary>Tokens that have been learned from.</summary>
    public long Tokens { get; private set; }

    /// <summary>Operations that this run's steps took, a multiply-add being two, without what was computed again to save memory.</summary>
    public double Operations { get; private set; }

    /// <summary>Time that this run's steps took.</summary>
    public TimeSpan RunTime { get; private set; }

    /// <summary>Tokens that this run's steps went through.</summary>
    public long RunTokens { get; private set; }

    /// <summary>Time that steps have taken, in all runs.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>Every step so far.</summary>
    public IReadOnlyList<TrainingStep> Steps => _steps;

    /// <summary>Every measurement so far.</summary>
    public IReadOnlyList<EvaluationResult> Evaluations => _evaluations;

    internal TrainingEngine Engine => _engine;

    /// <summary>Begins to train a model from nothing.</summary>
    /// <param name="device">Where to train; not disposed of with the trainer.</param>
    /// <param name="options">The model and how to train it.</param>
    /// <param name="documents">What to learn from.</param>
    /// <param name="tokenizer">What the documents were encoded with.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="TrainingOptionsException">An option is out of its range.</exception>
    /// <exception cref="NotSupportedException">GGUF has no entries for the tokenizer.</exception>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public static Trainer Create(Device device, TrainingOptions options, TokenizedDocuments documents, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (options.Model is null)
            throw new TrainingOptionsException("model", "is absent; say what to train, or give a model to go on with.");
        if (options.Lora is not null)
            throw new TrainingOptionsException("lora", "needs a model that is given; a model from nothing has nothing to adapt.");
        return new Trainer(device, options, documents, tokenizer, null);
    }

    /// <summary>Begins to train a model further, or an adapter of it.</summary>
    /// <param name="device">Where to train; not disposed of with the trainer.</param>
    /// <param name="options">How to train; they say nothing of the model's sizes.</param>
    /// <param name="documents">What to learn from, encoded with the model's tokenizer.</param>
    /// <param name="model">The model; it must stay open as long as the trainer.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="InvalidModelException">The file is no model that can be trained.</exception>
    /// <exception cref="TrainingOptionsException">An option is out of its range.</exception>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public static Trainer Continue(Device device, TrainingOptions options, TokenizedDocuments documents, GgufFile model)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(model);
        if (options.Model is not null)
            throw new TrainingOptionsException("model", "is given twice: the options have sizes, and there is a model to go on with.");
        return new Trainer(device, options, documents, TokenizerFactory.Create(model), model);
    }

    /// <summary>Does one step.</summary>
    /// <returns>What it came to.</returns>
    /// <exception cref="InvalidOperationException">The loss or the gradient is not finite, or the step's tokens have no labels.</exception>
    public TrainingStep Learn()
    {
        long started = Stopwatch.GetTimestamp();
        int counted = 0;
        foreach (TokenBatch batch in _batches)
        {
            _sampler.Fill(batch);
            counted += batch.Counted;
        }

        if (counted == 0)
            throw new InvalidOperationException("No token of the step has a next one to learn: the documents have one token each.");
        _engine.Clear();
        double loss = 0;
        foreach (TokenBatch batch in _batches)
            loss += _engine.Learn(batch, 1f / counted);
        loss /= counted;
        double rate = _schedule.At(Step), norm = _engine.Step(Step, rate);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw new InvalidOperationException(
                $"Step {Step + 1} has a loss of {loss} and a gradient of norm {norm}: the training diverged. Go on from a checkpoint with a smaller learning rate.");
        }

        Step++;
        Tokens += counted;
        var step = new TrainingStep(Step, loss, rate, norm);
        _steps.Add(step);
        Count(Stopwatch.GetElapsedTime(started));
        return step;
    }

    /// <summary>The mean loss of documents the model does not learn from.</summary>
    /// <param name="heldOut">The documents.</param>
    /// <param name="most">Most tokens to look at, from the first document on; 0 for all.</param>
    /// <param name="cancellationToken">Looked at before each batch.</param>
    /// <returns>The mean loss of a token, in nats.</returns>
    public double MeasureLoss(TokenizedDocuments heldOut, long most = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        TokenBatch batch = _measured ??= new TokenBatch(_options.Batch.TokensAtOnce);
        var reader = new PackedReader(heldOut, _model.ContextLength, most);
        double sum = 0;
        long counted = 0;
        while (reader.Fill(batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            sum += _engine.Measure(batch);
            counted += batch.Counted;
        }

        return counted == 0 ? double.NaN : sum / counted;
    }

    /// <summary>Puts a measurement on record.</summary>
    /// <param name="measurement">The measurement.</param>
    public void Record(EvaluationResult measurement) => _evaluations.Add(measurement);

    /// <summary>Frees the memory on the device.</summary>
    public void Dispose() => _engine.Dispose();

    private void Count(TimeSpan time)
    {
        Time += time;
        RunTime += time;
        foreach (TokenBatch batch in _batches)
        {
            RunTokens += batch.Length;
            Operations += (TrainingWork.OfMatrices(_model) * batch.Length) + TrainingWork.OfAttention(_model, batch);
        }
    }
}
