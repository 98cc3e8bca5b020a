using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using KernelFoundry.Inference;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Training.Configuration;

namespace KernelFoundry.Training.Checkpoints;

/// <summary>
/// A training as a file: GGUF with the weights that learn, their moments, and the state as JSON. Read, it goes on as if it had never ended, bit by bit.
/// </summary>
/// <param name="State">The state.</param>
/// <param name="Weights">Master weights.</param>
/// <param name="FirstMoments">As many.</param>
/// <param name="SecondMoments">As many.</param>
internal sealed record Checkpoint(TrainingState State, float[] Weights, float[] FirstMoments, float[] SecondMoments)
{
    private const string Architecture = "kernelfoundry.checkpoint";
    private const string StateKey = "training.state";
    private static readonly string[] s_tensors = ["weights", "first_moments", "second_moments"];

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Save(string path)
    {
        var writer = new GgufWriter();
        writer.Set("general.architecture", Architecture);
        writer.Set(StateKey, JsonSerializer.Serialize(State, TrainingJson.Readable.TrainingState));
        float[][] values = [Weights, FirstMoments, SecondMoments];
        for (int i = 0; i < values.Length; i++)
            writer.AddTensor(s_tensors[i], [values[i].Length], GgmlType.F32);
        AtomicFile.Write(path, stream => writer.Write(stream, (i, output) => output.Write(MemoryMarshal.AsBytes<float>(values[i]))));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">It is no checkpoint.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Checkpoint Load(string path)
    {
        try
        {
            using var file = GgufFile.Open(path);
            if (!file.Metadata.TryGetString("general.architecture", out string? architecture) || architecture != Architecture)
                throw new CheckpointException(path, "is no checkpoint of a training.");
            TrainingState state = JsonSerializer.Deserialize(file.Metadata.GetString(StateKey), TrainingJson.Readable.TrainingState)
                ?? throw new CheckpointException(path, "has no state.");
            if (state.Step < 0 || state.Steps is null || state.Evaluations is null || JsonNode.Parse(state.Options) is not JsonObject)
                throw new CheckpointException(path, "has a state that is not complete.");
            float[][] values = [.. s_tensors.Select(name => Values(file, name))];
            if (values.Any(each => each.Length != values[0].Length))
                throw new CheckpointException(path, "has moments of another number than weights.");
            return new Checkpoint(state, values[0], values[1], values[2]);
        }
        catch (Exception error) when (error is InvalidModelException or JsonException)
        {
            throw new CheckpointException(path, $"is no checkpoint that can be read: {error.Message}", error);
        }
    }

    private static float[] Values(GgufFile file, string name)
    {
        if (!file.Tensors.TryGet(name, out GgufTensor tensor) || tensor.Type != GgmlType.F32 || tensor.ElementCount > int.MaxValue / sizeof(float))
            throw new CheckpointException(file.Name, $"has no '{name}' of 32-bit floats.");
        var values = new float[tensor.ElementCount];
        tensor.Read(0, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
