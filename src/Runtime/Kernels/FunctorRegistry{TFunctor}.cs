using System.Runtime.CompilerServices;

namespace KernelFoundry;

// CA1000: the type argument is the point: FunctorRegistry<Silu>.Name reads as what it is.
#pragma warning disable CA1000

/// <summary>What is known of one functor.</summary>
/// <typeparam name="TFunctor">The functor struct.</typeparam>
public static class FunctorRegistry<TFunctor>
    where TFunctor : struct
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, FunctorAdjoint<TFunctor>> Adjoints = new();
    private static Entry? entry;

    /// <summary>The functor's full metadata name: its part of <see cref="KernelVariant.TypeKey"/>.</summary>
    /// <exception cref="NotSupportedException">The functor is not registered.</exception>
    public static string Name => Known.Name;

    private static Entry Known => entry ?? Find();

    /// <summary>Adds the functor's fields to a launch's arguments.</summary>
    /// <param name="functor">The functor.</param>
    /// <param name="arguments">The arguments to add to.</param>
    /// <exception cref="NotSupportedException">The functor is not registered.</exception>
    public static void Flatten(in TFunctor functor, ref KernelArguments arguments) => Known.Flatten(functor, ref arguments);

    /// <summary>Runs the adjoint of a method, as the managed bodies of derived kernels do.</summary>
    /// <param name="method">The name of the adjoint.</param>
    /// <param name="self">The functor.</param>
    /// <param name="x">The method's arguments, then the adjoint of its result.</param>
    /// <returns>What the argument's adjoint gains.</returns>
    /// <exception cref="NotSupportedException">The method cannot be differentiated, or the functor is not registered.</exception>
    public static Tile<float> Adjoint(string method, TFunctor self, params Tile<float>[] x)
    {
        _ = Known;
        return Adjoints.TryGetValue(method, out FunctorAdjoint<TFunctor>? adjoint)
            ? adjoint(self, x)
            : throw new NotSupportedException($"{Name} has no {method}: its method cannot be differentiated.");
    }

    internal static void Set(string method, FunctorAdjoint<TFunctor> adjoint) => Adjoints[method] = adjoint;

    internal static void Set(string name, FunctorFlattener<TFunctor> flatten) => entry = new Entry(name, flatten);

    private static Entry Find()
    {
        // The functor's module initializer may not have run: nothing of its assembly need have been called yet.
        RuntimeHelpers.RunModuleConstructor(typeof(TFunctor).Module.ModuleHandle);
        return entry ?? throw new NotSupportedException($"{typeof(TFunctor)} is no known functor: it must be a struct that is not generic, implementing "
            + "an interface marked [FunctorInterface], in a project compiled with the KernelFoundry generator.");
    }

    private sealed record Entry(string Name, FunctorFlattener<TFunctor> Flatten);
}
