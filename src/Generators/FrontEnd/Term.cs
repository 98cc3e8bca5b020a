using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>What an expression of a kernel stands for while its body is read.</summary>
internal abstract record Term;

/// <summary>A scalar or tile.</summary>
internal sealed record ValueTerm(Value Value) : Term;

/// <summary>A scalar parameter, which becomes a value where it is first used.</summary>
internal sealed record ParameterTerm(string Name, DType DType) : Term;

/// <summary>A view parameter, or a view that is a functor's field.</summary>
internal sealed record ViewTerm(string Name, int Rank, Element Element) : Term;

/// <summary>A functor parameter of a kernel.</summary>
internal sealed record FunctorTerm(string Name) : Term;

/// <summary>The functor a method belongs to, inside that method.</summary>
internal sealed record SelfTerm : Term;

/// <summary>The bytes of one quantized block.</summary>
internal sealed record BlockTerm : Term;

/// <summary>Several terms: a tuple, or the parts of a quantized value.</summary>
internal sealed record TupleTerm(Term[] Items) : Term;

/// <summary>A local that has no value yet.</summary>
internal sealed record UnassignedTerm : Term;

/// <summary>What a call of a void method stands for.</summary>
internal sealed record VoidTerm : Term;

/// <summary>The result of code that has a mistake; using it is not another one.</summary>
internal sealed record BrokenTerm : Term;
