namespace KernelFoundry;

/// <summary>The functors of the process. Generated module initializers fill it.</summary>
public static class FunctorRegistry
{
    /// <summary>Makes a functor known.</summary>
    /// <param name="name">Its full metadata name, as <see cref="Type.FullName"/> has it.</param>
    /// <param name="flatten">Adds its fields to a launch's arguments.</param>
    /// <typeparam name="TFunctor">The functor struct.</typeparam>
    public static void Register<TFunctor>(string name, FunctorFlattener<TFunctor> flatten)
        where TFunctor : struct => FunctorRegistry<TFunctor>.Set(name, flatten);
}
