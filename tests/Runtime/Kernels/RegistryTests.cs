using System.Diagnostics.CodeAnalysis;

namespace KernelFoundry.Tests;

public class RegistryTests
{
    [Fact]
    public void Functors_are_asked_for_fields_by_name()
    {
        _ = FunctorRegistry<HandBias>.Name;
        FunctorRegistry.Register<Fieldless>("Fieldless", static (Fieldless _, ref KernelArguments _) => { });
        Assert.True(FunctorRegistry.HasFields("KernelFoundry.Tests.HandBias"));
        Assert.False(FunctorRegistry.HasFields("Fieldless"));
        Assert.Throws<ArgumentException>(() => FunctorRegistry.HasFields("Unheard"));
    }

    [Fact]
    public void Views_of_elements_known_by_name_fill_the_same_slots()
    {
        using Device device = TestDevices.Open("Cpu");
        View3<Half> view = device.Allocate<Half>(2, 3, 5);
        var typed = new KernelArguments();
        typed.Add(view);
        var named = new KernelArguments();
        named.Add(view.Memory!, Element.Find("Half"), 2, 3, 5);
        Assert.Equal(typed.Slots, named.Slots);
        Assert.Throws<ArgumentException>(() => new KernelArguments().Add(view.Memory!, Element.Find("float"), 2, 3, 5));
    }

    [Fact]
    public void Registered_kernels_are_listed()
    {
        KernelDefinition kernel = Assert.Single(KernelRegistry.Definitions, k => k.Name == "KernelFoundry.Tests.HandCompiledKernel.RowSum");
        Assert.Equal(["float,KernelFoundry.Tests.HandBias; 64", "float,KernelFoundry.Tests.HandBias; any", "Half,KernelFoundry.Tests.HandBias; any"], kernel.Variants.Select(v => v.ToString()));
    }

    [Fact]
    public void Missing_type_arguments_are_an_error_that_lists_those_there_are()
    {
        using Device device = TestDevices.Open("Cpu");
        string message = Assert.Throws<KernelNotCompiledException>(() =>
            HandCompiledKernel.RowSum(device, device.Allocate<BFloat16>(1, 1), device.Allocate<float>(1), new HandBias(), 3)).Message;
        Assert.Contains("RowSum is not compiled for type arguments <BFloat16,KernelFoundry.Tests.HandBias>", message, StringComparison.Ordinal);
        Assert.Contains("<Half,KernelFoundry.Tests.HandBias>, <float,KernelFoundry.Tests.HandBias>", message, StringComparison.Ordinal);
        Assert.Contains("[Elements(...)]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variants_may_come_before_and_after_the_first_launch()
    {
        KernelDefinition kernel = Kernel("Late", new KernelVariant { TypeKey = "float", Specialized = [null] });
        var early = new KernelVariant { TypeKey = "My.Format", Specialized = [null] };
        KernelRegistry.Add(kernel.Name, new KernelFamily("My.Format", () => [early]));
        Assert.Same(early, KernelRegistry.Find(kernel, "My.Format").Resolve([1]));

        KernelVariantSet set = KernelRegistry.Find(kernel, "float");
        var late = new KernelVariant { TypeKey = "float", Specialized = [128] };
        KernelRegistry.Add(kernel.Name, new KernelFamily("float", () => [late]));
        Assert.Same(set, KernelRegistry.Find(kernel, "float"));
        Assert.Same(late, set.Resolve([128]));
        Assert.NotSame(late, set.Resolve([64]));
        Assert.Equal(3, kernel.Variants.Count);
    }

    [Fact]
    public void Families_and_code_are_made_when_they_are_first_asked_for()
    {
        var made = new List<string>();
        var kernel = new KernelDefinition { Name = "Tests.Lazy", ClassName = "Tests", Families = [Family("float"), Family("Half")] };
        Assert.Empty(made);
        KernelVariantSet set = KernelRegistry.Find(kernel, "Half");
        Assert.Equal(["Half"], made);
        Assert.Same(set.Resolve([]).OpenCl, set.Resolve([]).OpenCl);
        Assert.Equal(["Half", "code of Half"], made);
        Assert.Null(set.Resolve([]).Cpu);
        Assert.Empty(set.Resolve([]).Cuda);
        Assert.Equal(["float", "Half"], kernel.Variants.Select(variant => variant.TypeKey));
        Assert.Equal(["Half", "code of Half", "float"], made);

        KernelFamily Family(string typeKey) => new(typeKey, () =>
        {
            made.Add(typeKey);
            return [new() { TypeKey = typeKey, MakeOpenCl = () => Code(typeKey) }];
        });

        unsafe OpenClCode Code(string typeKey)
        {
            made.Add($"code of {typeKey}");
            return new OpenClCode("x", "x", &Plan);
        }
    }

    private static unsafe void Plan(long* slots, LaunchShape* shape)
    {
    }

    [Fact]
    public void The_most_specialized_variant_that_fits_runs()
    {
        KernelVariant generic = Variant(null, null), left = Variant(64, null), right = Variant(null, 4), both = Variant(64, 4);
        KernelVariantSet set = KernelRegistry.Find(Kernel("Specialized", generic, left, both, right), "float");
        Assert.Same(both, set.Resolve([64, 4]));
        Assert.Same(left, set.Resolve([64, 5]));
        Assert.Same(right, set.Resolve([65, 4]));
        Assert.Same(generic, set.Resolve([65, 5]));

        static KernelVariant Variant(params int?[] values) => new() { TypeKey = "float", Specialized = values };
    }

    [Fact]
    public void Without_a_generic_variant_other_values_are_an_error()
    {
        KernelVariantSet set = KernelRegistry.Find(Kernel("NoGeneric", new KernelVariant { TypeKey = "float", Specialized = [64] }), "float");
        Assert.Contains("no variant for the specialized values (65)", Assert.Throws<KernelNotCompiledException>(() => set.Resolve([65])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_functors_are_an_error() =>
        Assert.Contains("is no known functor", Assert.Throws<NotSupportedException>(() => FunctorRegistry<Unregistered>.Name).Message, StringComparison.Ordinal);

    [Fact]
    public void Arguments_are_slots_in_order()
    {
        View3<float> x = Device.Reference.Allocate<float>(2, 3, 4);
        var arguments = new KernelArguments();
        arguments.Add(x.Slice(2, 1, 2));
        arguments.Add(-1);
        arguments.Add(uint.MaxValue);
        arguments.Add(-1f);
        arguments.Add(true);
        arguments.AddFunctor(new HandBias { Bias = 1 });
        arguments.AddSpecialized(64);
        Assert.Equal([2L, 3, 2, 12, 4, -1, 0xFFFFFFFF, 0xBF800000, 1, 0x3F800000, 64], arguments.Slots[1..].ToArray());
        Assert.Equal([64], arguments.Specialized.ToArray());
        unsafe
        {
            Assert.Equal((long)x.Memory!.Address + 4, arguments.Slots[0]);
        }
    }

    [Fact]
    public void Too_many_arguments_are_an_error()
    {
        Assert.Contains("at most 64 slots", Assert.Throws<InvalidOperationException>(() =>
        {
            var arguments = new KernelArguments();
            for (int i = 0; i < 65; i++)
                arguments.Add(i);
        }).Message, StringComparison.Ordinal);
        Assert.Contains("at most 16 views", Assert.Throws<InvalidOperationException>(() =>
        {
            var arguments = new KernelArguments();
            for (int i = 0; i < 17; i++)
                arguments.Add(default(View1<float>));
        }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_gives_the_reference_its_inputs_and_keeps_its_outputs()
    {
        var c = new KernelCase("float");
        c.SetAxis("rows", 2);
        c.SetView("x", [1, 2, 3, 4], 2, 2);
        c.SetView("y", [0, 0], 2);
        c.SetScalar("scale", 0.5);
        c.SetFunctor("epilogue", new HandBias { Bias = 3 });
        double[] y = c.Output("y");
        for (int i = 0; i < c.Axis("rows"); i++)
            y[i] = (c.Scalar("scale") * c.Values("x")[i * c.Extent("x", 1)]) + ((HandBias)c.Functor("epilogue")).Bias;
        Assert.Equal([3.5, 4.5], c.Outputs["y"]);
        Assert.Equal([0, 0], c.Values("y"));
        Assert.Contains("no view 'z'; it has x, y", Assert.Throws<KeyNotFoundException>(() => c.Values("z")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => c.SetView("bad", [1, 2, 3], 2, 2));
    }

    private static KernelDefinition Kernel(string name, params KernelVariant[] variants) =>
        new() { Name = $"Tests.{name}", ClassName = "Tests", Families = [.. variants.GroupBy(variant => variant.TypeKey, (key, family) => new KernelFamily(key, () => [.. family]))] };

    [SuppressMessage("Performance", "CA1812:Avoid uninstantiated internal classes", Justification = "Its type is the test.")]
    private readonly struct Unregistered;

    private struct Fieldless;
}
