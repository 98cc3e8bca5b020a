using System.Collections.Concurrent;

namespace KernelFoundry;

/// <summary>The functors of the process. Generated module initializers fill it.</summary>
public static class FunctorRegistry
{
    private static readonly ConcurrentDictionary<string, Func<bool>> Known = new();

    /// <summary>Makes a functor known.</summary>
    /// <param name="name">Its full metadata name, as <see cref="Type.FullName"/> has it.</param>
    /// <param name="flatten">Adds its fields to a launch's arguments.</param>
    /// <typeparam name="TFunctor">The functor struct.</typeparam>
    public static void Register<TFunctor>(string name, FunctorFlattener<TFunctor> flatten)
        where TFunctor : struct
    {
        FunctorRegistry<TFunctor>.Set(name, flatten);
        Known[name] = () =>
        {
            var arguments = new KernelArguments();
            flatten(default, ref arguments);
            return arguments.SlotCount > 0;
        };
    }

    /// <summary>Makes the adjoint of a functor's method known, which the compiler derived.</summary>
    /// <param name="method">The name of the adjoint.</param>
    /// <param name="adjoint">Its managed body.</param>
    /// <typeparam name="TFunctor">The functor struct.</typeparam>
    public static void Register<TFunctor>(string method, FunctorAdjoint<TFunctor> adjoint)
        where TFunctor : struct => FunctorRegistry<TFunctor>.Set(method, adjoint);

    /// <summary>Whether a functor has fields. One that has none adds nothing to a launch's arguments.</summary>
    /// <param name="name">Its full metadata name.</param>
    /// <returns>Whether it has.</returns>
    /// <exception cref="ArgumentException">No functor of that name is registered.</exception>
    public static bool HasFields(string name) => Known.TryGetValue(name, out Func<bool>? hasFields)
        ? hasFields()
        : throw new ArgumentException($"There is no functor '{name}'.", nameof(name));
}
