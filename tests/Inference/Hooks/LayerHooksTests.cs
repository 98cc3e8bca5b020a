using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Hooks;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Hooks;

/// <summary>Hooks between the layers of foundry-0.3m, which has two.</summary>
public sealed class LayerHooksTests : IDisposable
{
    private const int Layers = 2, Width = 64;
    private static readonly int[] s_tokens = [1, 100, 200, 300, 400];
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });
    private readonly LanguageModel _model;

    public LayerHooksTests() => _model = LanguageModel.Open(FoundryFiles.Require("foundry-0.3m-F16.gguf"), _device);

    public void Dispose()
    {
        _model.Dispose();
        _device.Dispose();
    }

    // The states before the first layer are the embeddings, and the logits of those behind the last are the model's.
    [Fact]
    public void CapturedStatesAreWhatTheLayersLeave()
    {
        float[] plain = Logits();
        using var hooks = new LayerHooks(_model.Transformer, new CaptureStates(0), new CaptureStates(1), new CaptureStates(Layers));
        Assert.Equal(plain, Logits());
        Assert.All(new[] { 0, 1, Layers }, layer => Assert.Equal(s_tokens.Length * Width, hooks.Captured(layer).Length));
        Assert.Equal(Embeddings(), hooks.Captured(0));
        Assert.Equal(plain, Unembedded(hooks.Captured(Layers)));
        Assert.NotEqual(hooks.Captured(0), hooks.Captured(1));
        hooks.Clear();
        Assert.Empty(hooks.Captured(1));
        Assert.Throws<ArgumentException>(() => hooks.Captured(7));
    }

    // Decoded one by one the tokens leave the same states as in one batch.
    [Fact]
    public void DecodingIsCapturedTokenByToken()
    {
        using var hooks = new LayerHooks(_model.Transformer, new CaptureStates(1));
        Logits();
        float[] batch = hooks.Captured(1);
        hooks.Clear();
        using KvCache cache = _model.Transformer.CreateCache(16);
        foreach (int token in s_tokens)
            _model.Transformer.Forward([token], cache, default);
        Assert.Equal(batch.Length, hooks.Captured(1).Length);
        Assert.All(batch.Zip(hooks.Captured(1)), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    // What is behind the last layer goes through a norm and a matrix only, so what steering does there can be worked out.
    [Fact]
    public void VectorsAreAddedToEveryToken()
    {
        float[] vector = Vector(), states;
        using (var hooks = new LayerHooks(_model.Transformer, new CaptureStates(Layers)))
        {
            Logits();
            states = hooks.Captured(Layers);
        }

        float[] expected = Unembedded([.. states.Select((x, i) => x + (vector[i % Width] * -2))]);
        using (new LayerHooks(_model.Transformer, new AddVector(Layers, vector, -2)))
            Assert.Equal(expected, Logits());
        expected = Unembedded([.. states.Select((x, i) => (x * 0.5f) + vector[i % Width])]);
        using (new LayerHooks(_model.Transformer, new ScaleStates(Layers, 0.5f), new AddVector(Layers, vector)))
            Assert.Equal(expected, Logits());
        expected = Unembedded([.. states.Select((_, i) => vector[i % Width])]);
        using (new LayerHooks(_model.Transformer, new ReplaceStates(Layers, vector)))
            Assert.Equal(expected, Logits());
    }

    // A stream replaced before the first layer knows nothing of the tokens; taken out, a hook leaves nothing.
    [Fact]
    public void LaterLayersSeeWhatHooksLeave()
    {
        float[] plain = Logits();
        using (new LayerHooks(_model.Transformer, new ReplaceStates(0, Vector())))
        {
            float[] blind = Logits();
            Assert.NotEqual(plain, blind);
            Assert.Equal(blind, Logits([1, 5, 6, 7, 8]));
        }

        Assert.Equal(plain, Logits());
    }

    // A direction added to every token makes another story; scaled by nothing it changes none.
    [Fact]
    public void GenerationIsSteered()
    {
        var generator = new TextGenerator(_model);
        string plain = Story();
        using (new LayerHooks(_model.Transformer, new AddVector(1, Vector(), 0)))
            Assert.Equal(plain, Story());
        using (new LayerHooks(_model.Transformer, new AddVector(1, Vector(), 4)))
            Assert.NotEqual(plain, Story());

        string Story() => string.Concat(generator.Generate(generator.Encode("Once there lived"), new GenerationOptions { MaxTokens = 40 }).Select(chunk => chunk.Text));
    }

    [Fact]
    public void WrongHooksAreRefused()
    {
        LayerHook[] wrong =
        [
            new AddVector(1, new float[Width - 1]), new ReplaceStates(1, new float[Width + 1]), new AddVector(-1, new float[Width]), new CaptureStates(Layers + 1),
            new AddVector(1, Enumerable.Repeat(float.NaN, Width).ToArray()), new AddVector(1, new float[Width], float.PositiveInfinity), new ScaleStates(0, float.NaN),
        ];
        foreach (LayerHook hook in wrong)
            Assert.ThrowsAny<ArgumentException>(() => new LayerHooks(_model.Transformer, hook));
        using var first = new LayerHooks(_model.Transformer, new ScaleStates(1, 2));
        Assert.Throws<InvalidOperationException>(() => new LayerHooks(_model.Transformer, new ScaleStates(1, 2)));
    }

    [Fact]
    public void ControlVectorsComeFromFiles()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "control.gguf");
        Write(path, "direction.1", Width);
        AddVector read = Assert.Single(ControlVector.Read(path, _model.Configuration, 3));
        Assert.Equal((2, 3f), (read.Layer, read.Scale));
        Assert.Equal(Vector(), read.Vector.ToArray());
        foreach ((string name, int length) in new[] { ("direction.2", Width), ("direction.x", Width), ("other", Width), ("direction.1", Width / 2) })
        {
            Write(path, name, length);
            Assert.Throws<InvalidModelException>(() => ControlVector.Read(path, _model.Configuration));
        }
    }

    private static void Write(string path, string name, int length)
    {
        var writer = new GgufWriter();
        writer.Set("general.architecture", "controlvector");
        writer.AddTensor(name, [length], GgmlType.F32);
        using FileStream stream = File.Create(path);
        writer.Write(stream, (_, to) => to.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(Vector().AsSpan(0, length))));
    }

    private static float[] Vector() => [.. Enumerable.Range(0, Width).Select(i => MathF.Sin(i + 1))];

    private float[] Logits(int[]? tokens = null)
    {
        tokens ??= s_tokens;
        using KvCache cache = _model.Transformer.CreateCache(16);
        View2<float> logits = _device.Allocate<float>(tokens.Length, _model.Configuration.VocabularySize);
        _model.Transformer.Forward(tokens, cache, logits);
        float[] all = logits.ToArray();
        logits.Memory!.Dispose();
        return all;
    }

    private float[] Unembedded(float[] states)
    {
        View2<float> view = _device.Upload<float>(states, states.Length / Width, Width), logits = _device.Allocate<float>(view.Extent0, _model.Configuration.VocabularySize);
        _model.Transformer.Unembed(view, logits);
        float[] all = logits.ToArray();
        view.Memory!.Dispose();
        logits.Memory!.Dispose();
        return all;
    }

    private float[] Embeddings()
    {
        GgufTensor table = _model.File.Tensors["token_embd.weight"];
        return [.. s_tokens.SelectMany(token => Enumerable.Range(0, Width).Select(i => (float)BitConverter.ToHalf(table.Slice(((long)token * Width * 2) + (2 * i), 2))))];
    }
}
