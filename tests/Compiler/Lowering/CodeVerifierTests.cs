using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using static KernelFoundry.Compiler.Tests.SampleKernels;
using Barrier = KernelFoundry.Compiler.Lowering.Barrier;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>One broken program a rule of the code form, refused at the statement that breaks it.</summary>
public sealed class CodeVerifierTests
{
    private static readonly SourceLocation At = new("K.cs", 7, 3);
    private static readonly LocalBuffer Tile = new("tile", DType.F32, Int(64));
    private static readonly Var N = new("n", DType.I32), F = new("f", DType.F32), V = new("v", DType.F32, true), Indices = new("at", DType.I32, true);
    private static readonly Expr One = Int(1), True = new Literal(Number.Of(true)), Half = new Literal(Number.Of(0.5f));
    private static readonly Expr Halves = new Broadcast(Half), Ones = new Broadcast(One), Lanes = new LaneIndex(Int(0)), Flags = new Broadcast(True);

    [Fact]
    public void Programs_that_keep_the_rules_pass()
    {
        Verify(
            CodeForm.Vector,
            new Let(N, One, true),
            new For(new Var("j", DType.I32), One, new ExtentOf("x", 1), Int(16), [new Let(V, Read("x", N, new Var("j", DType.I32))), new StoreLocal(Tile, N, V)]),
            new While([new Let(F, Half)], Op(OpCode.Lt, DType.Bool, F, new Argument("scale", DType.F32)), [new Assign(N, Op(OpCode.Add, DType.I32, N, One))]),
            new If(True, [new Let(Indices, new Apply(OpCode.Shl, DType.I32, true, new[] { Lanes, One }))], []),
            new StoreView("x", new[] { N, N }, Element.F32, Halves, N, Flags));
        Verify(CodeForm.Thread, new Barrier(), new StoreLocal(Tile, new ThreadIndex(), Half));
    }

    [Fact]
    public void Variables_are_declared_once_and_used_in_their_scope()
    {
        Refused("variable n is not declared here", new Let(F, Half), new Assign(N, One));
        Refused("variable n is not declared here", new If(True, [new Let(N, One)], []), new StoreLocal(Tile, N, Half));
        Refused("variable j is not declared here", new For(new Var("j", DType.I32), new Var("j", DType.I32), One, One, []));
        Refused("variable f is not declared here", new While([new Let(F, Half)], True, []), new StoreLocal(Tile, One, F));
        Refused("the name n is given twice", new If(True, [new Let(N, One)], []), new Let(N, One));
        Refused("the name x is given twice", new Let(new Var("x", DType.I32), One));
        Refused("the name tile is given twice", new Let(new Var("tile", DType.I32), One));
        Refused("n is declared as i32 and used as f32", new Let(N, One), new Let(F, new Var("n", DType.F32)));
    }

    [Fact]
    public void Only_mutable_variables_are_assigned()
    {
        Refused("n is assigned and not mutable", new Let(N, One), new Assign(N, One));
        Refused("j is assigned and not mutable", new For(new Var("j", DType.I32), One, One, One, [new Assign(new Var("j", DType.I32), One)]));
    }

    [Fact]
    public void Variables_are_given_values_of_their_type()
    {
        Refused("n is i32 and is given f32", new Let(N, Half));
        Refused("n is i32 and is given f32", new Let(N, One, true), new Assign(N, Half));
        Refused("v is f32 lanes and is given f32", new Let(V, Half));
        Refused("f is f32 and is given f32 lanes", new Let(F, Halves));
        Refused("the loop counter f is f32", new For(F, One, One, One, []));
    }

    [Fact]
    public void Conditions_and_bounds_are_scalars_of_their_type()
    {
        Refused("a condition is i32", new If(One, [], []));
        Refused("a condition is bool lanes", new While([], Flags, []));
        Refused("a loop's start is f32", new For(N, Half, One, One, []));
        Refused("a loop's end is i32 lanes", new For(N, One, Ones, One, []));
        Refused("a loop's step is bool", new For(N, One, One, True, []));
    }

    [Fact]
    public void Operands_fit_the_table_of_operations()
    {
        Refused("Add of 1 operands", new Let(N, Op(OpCode.Add, DType.I32, One)));
        Refused("Dot of 2 operands", new Let(N, Op(OpCode.Dot, DType.I32, One, One)));
        Refused("Add of I32 and F32", new Let(N, Op(OpCode.Add, DType.I32, One, Half)));
        Refused("Exp takes float", new Let(N, Op(OpCode.Exp, DType.I32, One)));
        Refused("Lt gives bool, not i32", new Let(N, Op(OpCode.Lt, DType.I32, One, One)));
        Refused("Convert names no type", new Let(N, Op(OpCode.Convert, DType.I32, One)));
        Refused("Convert gives f32, not i32", new Let(N, new Apply(OpCode.Convert, DType.I32, false, new[] { One }, DType.F32)));
        Refused("Add of scalars takes f32 lanes", new Let(F, Op(OpCode.Add, DType.F32, Half, Halves)));
        Refused("Add of lanes takes f32", new Let(V, new Apply(OpCode.Add, DType.F32, true, new[] { Halves, Half })));
        Refused("the operand of a splat is f32 lanes", new Let(V, new Broadcast(Halves)));
        Refused("the first lane's index is f32", new Let(Indices, new LaneIndex(Half)));
        Refused("takes lanes of numbers, not f32", new Let(F, new ReduceLanes(ReduceKind.Sum, Half)));
        Refused("takes lanes of numbers, not bool lanes", new Let(new Var("b", DType.Bool), new ReduceLanes(ReduceKind.Sum, Flags)));
    }

    [Fact]
    public void Each_form_has_its_own_parts()
    {
        Refused("a barrier stands in the vector form", new Barrier());
        Refused("the index of a work-item stands in the vector form", new Let(N, new ThreadIndex()));
        Refused("the size of a group stands in the vector form", new Let(N, new GroupSize()));
        Refused(CodeForm.Thread, "a vector stands in the thread form", new Let(F, new ReduceLanes(ReduceKind.Sum, Halves)));
        Refused(CodeForm.Thread, "stands in the thread form", new Let(V, Halves));
        Refused("no statement of this form", new Unknown());
        Refused("no expression of this form", new Let(N, new Strange()));
    }

    [Fact]
    public void Names_of_the_launch_are_known()
    {
        Refused("there is no f32 argument n", new Let(F, new Argument("n", DType.F32)));
        Refused("there is no i32 argument scale", new Let(N, new Argument("scale", DType.I32)));
        Refused("there is no i32 argument x", new Let(N, new Argument("x", DType.I32)));
        Refused("there is no view scale", new Let(N, new ExtentOf("scale", 0)));
        Refused("x has 2 axes and no axis 2", new Let(N, new ExtentOf("x", 2)));
        Refused("the grid has no axis 3", new Let(N, new ProgramIndex(3)));
    }

    [Fact]
    public void Views_are_read_by_their_rank_and_element()
    {
        Refused("there is no view z", new Let(F, Read(false, "z", One)));
        Refused("x has 2 axes and is given 1 indices", new Let(F, Read(false, "x", One)));
        Refused("an index of x is f32", new Let(F, Read(false, "x", One, Half)));
        Refused("an index of x is i32 lanes", new Let(F, Read(false, "x", One, Lanes)));
        Refused("x holds float and is read as u16", new Let(N, new LoadView("x", new[] { One, One }, RawType.U16, false, DType.I32, false)));
        Refused("x holds float and is read as u8 at a byte offset", new Let(N, new LoadView("x", new[] { One, One }, RawType.U8, true, DType.I32, false)));
        Refused("q holds Q and is read as u8", new Let(N, new LoadView("q", new[] { One }, RawType.U8, false, DType.I32, false)));
        Refused("reading f32 does not give i32", new Let(N, new LoadView("x", new[] { One, One }, RawType.F32, false, DType.I32, false)));
        Refused("a count limits a scalar access", new Let(F, new LoadView("x", new[] { One, One }, RawType.F32, false, DType.F32, false, One)));
        Refused("a count is f32", new Let(V, new LoadView("x", new[] { One, One }, RawType.F32, false, DType.F32, true, Half)));
        Refused("a mask is i32", new Let(F, new LoadView("x", new[] { One, One }, RawType.F32, false, DType.F32, false, null, One, Half)));
        Refused("stand together", new Let(F, new LoadView("x", new[] { One, One }, RawType.F32, false, DType.F32, false, null, True)));
        Refused("where the mask is false is i32", new Let(F, new LoadView("x", new[] { One, One }, RawType.F32, false, DType.F32, false, null, True, One)));
        LoadView bytes = new("b", new[] { One }, RawType.I8, false, DType.I32, false);
        Refused("an accumulator of pairs is f32 lanes", new Let(Indices, new MultiplyAddPairs(Halves, bytes, bytes)));
        Refused("pairs are of consecutive signed bytes", new Let(Indices, new MultiplyAddPairs(Ones, bytes, bytes with { IsVector = true })));
    }

    [Fact]
    public void Views_are_written_by_their_rank_and_element()
    {
        Refused("x has 2 axes and is given 1 indices", new StoreView("x", new[] { One }, Element.F32, Half));
        Refused("x holds float and is stored as Half", new StoreView("x", new[] { One, One }, Element.F16, Half));
        Refused("i32 cannot be stored as float", new StoreView("x", new[] { One, One }, Element.F32, One));
        Refused("f32 cannot be stored as sbyte", new StoreView("b", new[] { One }, Element.I8, Half));
        Refused("f32 cannot be stored as Q", new StoreView("q", new[] { One }, Element.Quantized("Q"), Half));
        Refused("an index of x is i32 lanes", new StoreView("x", new[] { One, Lanes }, Element.F32, Half));
        Refused("a count limits a scalar access", new StoreView("x", new[] { One, One }, Element.F32, Half, One));
        const string Packed = "lanes are stored one after another from a variable, under a mask";
        Refused("n is assigned and not mutable", new Let(N, One), new StoreView("b", new[] { N }, Element.I8, Ones, null, Flags) { Next = N });
        Refused(Packed, new Let(N, One, true), new StoreView("b", new[] { One }, Element.I8, Ones, null, Flags) { Next = N });
        Refused(Packed, new Let(N, One, true), new StoreView("b", new[] { N }, Element.I8, Ones) { Next = N });
        Refused("a mask is bool lanes", new StoreView("x", new[] { One, One }, Element.F32, Half, null, Flags));
    }

    [Fact]
    public void Buffers_are_known_and_hold_their_type()
    {
        Refused("no such buffer other", new StoreLocal(Tile with { Name = "other" }, One, Half));
        Refused("no such buffer tile", new StoreLocal(Tile with { Size = One }, One, Half));
        Refused("an index of tile is i32 lanes", new StoreLocal(Tile, Lanes, Halves));
        Refused("i32 is stored in tile of f32", new StoreLocal(Tile, One, One));
        Refused("an index of tile is f32", new Let(F, new LoadLocal(Tile, Half, false)));
        Refused("an index of tile is i32 lanes", new Let(F, new LoadLocal(Tile, Lanes, false)));
        Refused("a count limits a scalar access", new Let(F, new LoadLocal(Tile, One, false, One)));
    }

    [Fact]
    public void Grid_and_sizes_are_known_at_launch()
    {
        Program program = Of();
        RefusedProgram("the grid has 2 axes", program with { Grid = [One, One] });
        RefusedProgram("an extent of the launch is f32", program with { Grid = [One, One, Half] });
        RefusedProgram("programid<0> is not known at launch", program with { Buffers = [Tile with { Size = new ProgramIndex(0) }] });
        RefusedProgram("the name tile is given twice", program with { Buffers = [Tile, Tile] });
        RefusedProgram("the name x is given twice", program with { Buffers = [Tile with { Name = "x" }] });
    }

    private static Literal Int(int value) => new(Number.Of(value));

    private static Apply Op(OpCode code, DType type, params Expr[] operands) => new(code, type, false, operands);

    private static LoadView Read(string view, params Expr[] indices) => Read(true, view, indices);

    private static LoadView Read(bool vector, string view, params Expr[] indices) => new(view, indices, RawType.F32, false, DType.F32, vector);

    private static Program Of(params Stmt[] body)
    {
        Parameter[] parameters = [View("x", 2), View("q", 1, Element.Quantized("Q")), View("b", 1, Element.I8), Scalar("scale", DType.F32)];
        Kernel kernel = Build("K", parameters, _ => { });
        return new Program(kernel, [Tile], [.. body.Select(s => s with { Location = At })], [Int(1), Int(1), Int(1)]);
    }

    private static void Verify(CodeForm form, params Stmt[] body) => CodeVerifier.Verify(Of(body), form);

    private static void Refused(string message, params Stmt[] body) => Refused(CodeForm.Vector, message, body);

    private static void Refused(CodeForm form, string message, params Stmt[] body)
    {
        IrException error = Assert.Throws<IrException>(() => Verify(form, body));
        Assert.Contains(message, error.Reason, StringComparison.Ordinal);
        Assert.Equal(At, error.Location);
    }

    private static void RefusedProgram(string message, Program program) =>
        Assert.Contains(message, Assert.Throws<IrException>(() => CodeVerifier.Verify(program, CodeForm.Vector)).Reason, StringComparison.Ordinal);

    private sealed record Unknown : Stmt;

    private sealed record Strange() : Expr(DType.I32);
}
