namespace KernelFoundry;

/// <summary>The adjoint of a functor's method by one of its arguments.</summary>
/// <param name="self">The functor.</param>
/// <param name="x">The method's arguments, then the adjoint of its result.</param>
/// <returns>What the argument's adjoint gains.</returns>
/// <typeparam name="TFunctor">The functor struct.</typeparam>
public delegate Tile<float> FunctorAdjoint<TFunctor>(TFunctor self, Tile<float>[] x)
    where TFunctor : struct;
