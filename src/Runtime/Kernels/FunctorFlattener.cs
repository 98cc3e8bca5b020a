namespace KernelFoundry;

/// <summary>Adds a functor's fields to a launch's arguments, in the order of their declaration.</summary>
/// <param name="functor">The functor.</param>
/// <param name="arguments">The arguments to add to.</param>
/// <typeparam name="TFunctor">The functor struct.</typeparam>
public delegate void FunctorFlattener<TFunctor>(TFunctor functor, ref KernelArguments arguments)
    where TFunctor : struct;
