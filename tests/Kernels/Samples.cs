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
    }
}
