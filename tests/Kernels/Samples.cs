using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>How tests make the library's functors.</summary>
internal static class Samples
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "No library.")]
    internal static void Add()
    {
        FunctorSamples.Add(sample => new BiasEpilogue(sample.View1<float>("rows")));
        FunctorSamples.Add(sample => new ResidualEpilogue(sample.View2<float>("tokens", "rows")));
        FunctorSamples.Add(sample => new SiluGateEpilogue(sample.View2<float>("tokens", "rows")));
        FunctorSamples.Add(sample => new AddResidual(sample.View2<float>("tokens", "rows")));
        FunctorSamples.Add(sample => new NormInput(sample.View1<float>("cols"), 1e-5f));
        FunctorSamples.Add(sample => new GateInputAddResidual(sample.View2<float>("tokens", "cols"), sample.View2<float>("tokens", "rows")));
        FunctorSamples.Add(_ => new SlidingWindowScore(19));
        FunctorSamples.Add(_ => new SoftCapScore(3.5f, 40));
        FunctorSamples.Add(sample => new AlibiScore(sample.Axis("heads")));
        FunctorSamples.Add(sample => new SinkScore(sample.View1<float>("heads"), 40));
        FunctorSamples.Add(sample => new TreeScore(
            sample.View1<int>(140, low: 0, high: 140), sample.View1<int>(140, low: 0, high: 20), sample.View1<float>("heads"), start: 3, nodes: 140, window: 25,
            cap: sample.Uniform(0, 1) < 0.5f ? 0 : 3.5f));
        FunctorSamples.Add(_ => new TemperatureProcessor(0.8f));
        FunctorSamples.Add(sample => new MaskedTemperatureProcessor(
            sample.View1<int>((sample.Axis("vocabulary") + 31) / 32, int.MinValue, int.MaxValue), 1.25f));
        FunctorSamples.Add(sample => new GuidanceProcessor(sample.View1<float>("vocabulary"), 1.5f, -1));
        FunctorSamples.Add(sample => new ChainProgram(
            sample.Values(Truncation.TopK, Truncation.TopP, Truncation.MinP), sample.Values(20, 0, sample.Uniform(0.5f, 1.1f), 0, -2, 0), 3));
    }
}
