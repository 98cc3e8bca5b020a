using System.Runtime.InteropServices;
using System.Security.Cryptography;
using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;

namespace KernelFoundry.Training;

/// <content>Ending and going on.</content>
public sealed partial class Trainer
{
    /// <summary>Writes a checkpoint: the file is there whole or, if the process ends meanwhile, is the one that was there before.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path)
    {
        (float[] first, float[] second) = _engine.Moments();
        new Checkpoint(State(), _engine.Weights(), first, second).Save(path);
    }

    /// <summary>Goes on from a checkpoint of the same training.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file is no checkpoint, or one of other options, data or model; the message says which differs.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Load(string path)
    {
        Checkpoint checkpoint = Checkpoint.Load(path);
        TrainingState state = checkpoint.State, own = State();
        CheckpointMatch.Require(path, state, own);
        if (checkpoint.Weights.Length != _engine.Layout.Count)
            throw new CheckpointException(path, $"has {checkpoint.Weights.Length} weights; the model has {_engine.Layout.Count}.");
        try
        {
            _sampler = new PackedSampler(_documents, _model.ContextLength, _options.Seed, state.Cursor);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new CheckpointException(path, $"says that its next data are at {state.Cursor}, where there are none.", error);
        }

        _engine.Restore(checkpoint.Weights, checkpoint.FirstMoments, checkpoint.SecondMoments);
        Step = state.Step;
        Tokens = state.Tokens;
        Time = TimeSpan.FromSeconds(state.Seconds);
        _steps.Clear();
        _steps.AddRange(state.Steps);
        _evaluations.Clear();
        _evaluations.AddRange(state.Evaluations);
    }

    private TrainingState State() => new()
    {
        Step = Step,
        Cursor = _sampler.Cursor,
        Tokens = Tokens,
        Seconds = Time.TotalSeconds,
        Options = TrainingOptionsFile.Format(_options),
        Data = _documents.Fingerprint,
        Base = _baseWeights is null ? "" : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(_baseWeights)))[..16],
        Steps = [.. _steps],
        Evaluations = [.. _evaluations],
    };
}
