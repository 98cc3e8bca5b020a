using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace KernelFoundry.Testing;

/// <summary>The devices of <see cref="TestDevices"/> as rows of a theory with one parameter of type <see cref="Device"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeviceDataAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. TestDevices.All.Select(device => new TheoryDataRow<Device>(device))]);

    /// <summary>Rows are made when tests run: they depend on the devices there are.</summary>
    /// <returns>False.</returns>
    public override bool SupportsDiscoveryEnumeration() => false;
}
