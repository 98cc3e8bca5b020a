using System.Reflection;
using KernelFoundry.Testing;

namespace KernelFoundry.Ilgpu.Tests;

/// <summary>What can be known of the adapter without ILGPU: what it hands over to be compiled.</summary>
public sealed class AdapterTests
{
    [Fact]
    public void Ilgpu_gets_the_generated_method_itself()
    {
        _ = typeof(Kernels.Probabilities).Module;
        System.Runtime.CompilerServices.RuntimeHelpers.RunModuleConstructor(typeof(Kernels.Probabilities).Module.ModuleHandle);
        KernelDefinition softmax = KernelRegistry.Definitions.Single(kernel => kernel.Name == "KernelFoundry.Kernels.Probabilities.Softmax");
        KernelVariant variant = softmax.Variants.Single(each => each.TypeKey == "float");
        MethodInfo method = GroupCodes.Find(softmax, variant)!.With(new Handing());

        // ILGPU reads the method's IL: an abstract one, or a shared one over references, has none of its own.
        Assert.Equal("Run", method.Name);
        Assert.Equal("KernelFoundry_Kernels_Probabilities_Softmax__float__Group", method.DeclaringType!.Name);
        Assert.True(method is { IsAbstract: false, IsStatic: true, IsConstructedGenericMethod: true });
        Assert.Equal(typeof(IlgpuGroup), method.GetGenericArguments()[0]);
        Assert.All(method.GetGenericArguments(), argument => Assert.True(argument.IsValueType));
        Assert.NotNull(method.GetMethodBody());
    }

    [Fact]
    public void Work_items_of_reductions_shuffle()
    {
        Type softmax = typeof(AdapterTests).Assembly.GetTypes().Single(type => type.Name == "KernelFoundry_Kernels_Probabilities_Softmax__float__Group");
        Assert.Contains(Calls.Of(softmax.GetMethod("Run")!), called => called.Name == "ShuffleXorFloat");
        MethodInfo shuffle = typeof(IlgpuGroup).GetMethod(nameof(IlgpuGroup.ShuffleXorFloat))!;
        Assert.Contains(Calls.Of(shuffle), called => called.DeclaringType!.FullName == "ILGPU.Warp" && called.Name == "ShuffleXor");
    }

    [Fact]
    public void Group_code_uses_nothing_of_the_runtime_that_Ilgpu_lacks()
    {
        string[] allowed = [nameof(GroupMath), nameof(GroupElementary), nameof(GroupBytes), "IGroup`2", "IGroupMath"];
        Type[] kernels = [.. typeof(AdapterTests).Assembly.GetTypes().Where(type => type.GetInterface(nameof(IGroupKernel)) is not null)];
        Assert.NotEmpty(kernels);
        foreach (MethodInfo method in kernels.Select(type => type.GetMethod("Run")!)
            .Concat(new[] { typeof(GroupMath), typeof(GroupElementary), typeof(GroupBytes) }.SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public))))
        {
            foreach (MethodBase called in Calls.Of(method))
                Assert.True(allowed.Contains(called.DeclaringType!.Name), $"{method.DeclaringType!.Name}.{method.Name} calls {called.DeclaringType}.{called.Name}");
        }
    }

    private sealed class Handing : IGroupKernelUse<MethodInfo>
    {
        public MethodInfo Of<TKernel>()
            where TKernel : struct, IGroupKernel
        {
            Action<GroupViews<ILGPU.Runtime.ArrayView1D<byte, ILGPU.Stride1D.Dense>>, GroupSlots> run =
                TKernel.Run<IlgpuGroup, ILGPU.Runtime.ArrayView1D<byte, ILGPU.Stride1D.Dense>, ILGPU.ArrayView<int>>;
            return run.Method;
        }
    }
}
