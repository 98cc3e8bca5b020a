using System.Buffers.Binary;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Architectures;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>
/// Keys after an eviction, read from the cache's bytes, against those before it, decoded and turned in double precision by each architecture's definition. Nothing of
/// the library decodes or turns here.
/// </summary>
public sealed class EvictedKeysTests
{
    private const int Block = KvBlockPool.BlockTokens, Length = (5 * Block) + 10, Sinks = 20, Window = Block + 8, Kept = Block, Forgotten = 3 * Block;

    public static TheoryData<string, CacheElement> Cases
    {
        get
        {
            var all = new TheoryData<string, CacheElement>();
            foreach ((string name, Definition definition) in Definitions.All.Where(each => !each.Value.Encoder && !each.Value.PositionEmbedding))
                all.Add(name, CacheElement.Float);
            foreach (CacheElement element in new[] { CacheElement.Half, CacheElement.BFloat16, CacheElement.Q8_0 })
            {
                all.Add("wide", element);
                all.Add("halves", element);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void KeysAreTurnedToWhereTheyGoAndValuesStay(string name, CacheElement element)
    {
        Definition definition = name switch
        {
            "wide" => Definitions.All["llama"] with { Embedding = 128, HeadDim = 32, RotaryDims = 32 },
            "halves" => Definitions.All["qwen2"] with { Embedding = 128, HeadDim = 32, RotaryDims = 32 },
            _ => Definitions.All[name],
        };
        definition = definition with { Context = Math.Max(definition.Context, 8 * Block) };
        var drawn = new DrawnModel(definition);
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = LanguageModel.Open(new GgufFile(drawn.Build(), name), device, new ModelOptions { Cache = element });
        using KvCache cache = model.Transformer.CreateCache(6 * Block);
        model.Transformer.Forward(ArchitectureTests.Tokens(drawn, Length), cache, default);
        Dictionary<(int Layer, bool IsValue, int Head), double[][]> before = Read(cache, model.Configuration, element);
        Assert.Equal(Forgotten, cache.Evict(Sinks, Window));
        Assert.Equal(Length - Forgotten, cache.Length);
        foreach (((int Layer, bool IsValue, int Head) at, double[][] rows) in Read(cache, model.Configuration, element))
        {
            (int layer, bool isValue, int head) = at;
            for (int position = 0; position < rows.Length; position++)
            {
                double[] old = before[at][position < Kept ? position : position + Forgotten];
                if (isValue || position < Kept)
                {
                    Assert.Equal(old, rows[position]);
                    continue;
                }

                double[] expected = Turned(old, definition, layer, -Forgotten);
                double most = expected.Max(Math.Abs) * Rounding(element), apart = expected.Zip(rows[position], (a, b) => Math.Abs(a - b)).Max();
                Assert.True(apart <= most, $"layer {layer}, head {head}, position {position}: {apart:e2} apart, at most {most:e2}");
            }
        }
    }

    // Half a unit of the last place, once more; floats are turned with sines of thousands of radians at most, in floats.
    private static double Rounding(CacheElement element) => element switch
    {
        CacheElement.Half => 6e-4,
        CacheElement.BFloat16 => 4.5e-3,
        CacheElement.Q8_0 => 4.5e-3,
        _ => 2e-5,
    };

    private static double[] Turned(double[] x, Definition d, int layer, int by)
    {
        // A latent key begins with its turned elements, in pairs of neighbours.
        double[] y = [.. x];
        int pairs = (d.Latent?.Turned ?? d.RotaryDims) / 2;
        bool halves = d.Halves && d.Latent is null;
        for (int pair = 0; pair < pairs; pair++)
        {
            (int i, int j) = halves ? (pair, pair + pairs) : (2 * pair, (2 * pair) + 1);
            double angle = by * d.FrequencyOf(layer, pair);
            (y[i], y[j]) = ((x[i] * Math.Cos(angle)) - (x[j] * Math.Sin(angle)), (x[i] * Math.Sin(angle)) + (x[j] * Math.Cos(angle)));
        }

        return y;
    }

    // Layer by layer keys and then values, of each head a block a part; keys are values too where attention is latent.
    private static Dictionary<(int Layer, bool IsValue, int Head), double[][]> Read(KvCache cache, ModelConfiguration model, CacheElement element)
    {
        var parts = new Queue<byte[]>();
        cache.ForEachPart(cache.Length, (memory, offset, part) =>
        {
            memory.Read(offset, part);
            parts.Enqueue(part.ToArray());
        });
        var all = new Dictionary<(int, bool, int), double[][]>();
        for (int layer = 0; layer < model.Layers; layer++)
        {
            foreach (bool isValue in model.Latent is null ? new[] { false, true } : [false])
            {
                for (int head = 0; head < model.KeyValueHeads; head++)
                {
                    var rows = new List<double[]>();
                    while (rows.Count < cache.Length)
                        rows.AddRange(Decode(parts.Dequeue(), element).Chunk(model.HeadDim));
                    all[(layer, isValue, head)] = [.. rows];
                }
            }
        }

        Assert.Empty(parts);
        return all;
    }

    private static IEnumerable<double> Decode(byte[] bytes, CacheElement element) => element switch
    {
        CacheElement.Half => bytes.Chunk(2).Select(each => (double)BinaryPrimitives.ReadHalfLittleEndian(each)),
        CacheElement.BFloat16 => bytes.Chunk(2).Select(each => (double)BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(each) << 16)),
        CacheElement.Q8_0 => bytes.Chunk(34).SelectMany(block => block.Skip(2).Select(code => (double)BinaryPrimitives.ReadHalfLittleEndian(block) * (sbyte)code)),
        _ => bytes.Chunk(4).Select(each => (double)BinaryPrimitives.ReadSingleLittleEndian(each)),
    };
}
