using KernelFoundry.Compiler.Ir;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Compiler.Tests;

internal static class ValueTypes
{
    public static readonly ValueType F32 = ValueType.Scalar(DType.F32);
    public static readonly ValueType I32 = ValueType.Scalar(DType.I32);
}

/// <summary>Short forms of what the kernels of tests use most.</summary>
internal static class BuilderExtensions
{
    public static Value Extent(this Builder b, string view, int axis) => b.Emit(OpCode.ViewExtent, new MemoryAccess(view, Axis: axis));

    public static Value Range(this Builder b, int start, Value extent) => b.Emit(OpCode.Range, null, b.Constant(start), extent);

    public static Value Load(this Builder b, string view, params Value[] indices) => b.Load(OpCode.Load, new MemoryAccess(view), DType.F32, indices);

    public static Value LoadInt(this Builder b, string view, params Value[] indices) => b.Load(OpCode.Load, new MemoryAccess(view), DType.I32, indices);

    public static void Store(this Builder b, string view, Value value, params Value[] indices) => b.Store(new MemoryAccess(view), [.. indices, value]);

    public static Value Reduce(this Builder b, ReduceKind kind, Value tile, int axis = -1) => b.Emit(OpCode.Reduce, new Reduction(kind, axis), tile);

    public static Value Sum(this Builder b, Value tile, int axis = -1) => b.Reduce(ReduceKind.Sum, tile, axis);
}
