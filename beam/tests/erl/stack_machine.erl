%% A stack machine: assembler with labels, interpreter with calls, and a compiler from expressions.
-module(stack_machine).
-export([main/0]).

-record(vm, {code, pc = 0, stack = [], calls = [], vars = #{}, output = [], steps = 0}).

main() ->
    io:format("~p~n", [run([{push, 2}, {push, 3}, add, {push, 4}, mul, print, halt])]),
    io:format("~p~n", [run(factorial(10))]),
    io:format("~p~n", [run(fibonacci(15))]),
    io:format("~p~n", [run(countdown(5))]),
    io:format("~p~n", [run([{push, 1}, {push, 0}, 'div', halt])]),
    io:format("~p~n", [run([add, halt])]),
    io:format("~p~n", [run([{push, x}, {push, 1}, add, halt])]),
    io:format("~p~n", [run([{label, loop}, {jump, loop}])]),
    io:format("~p~n", [run([{jump, nowhere}])]),
    Expressions = [{add, {num, 1}, {mul, {num, 2}, {num, 3}}}, {'let', x, {num, 5}, {mul, {var, x}, {var, x}}},
                   {'if', {less, {num, 1}, {num, 2}}, {num, 10}, {num, 20}}, {neg, {sub, {num, 3}, {num, 10}}}],
    [io:format("~p~n", [run(compile(E))]) || E <- Expressions].

run(Program) ->
    try
        Vm = loop(#vm{code = assemble(Program)}),
        {ok, lists:reverse(Vm#vm.output), Vm#vm.stack, Vm#vm.steps}
    catch
        throw:{trap, Why} -> {trap, Why};
        error:{badkey, Label} -> {no_label, Label};
        error:badarith -> bad_arithmetic
    end.

assemble(Program) ->
    {Labels, _} = lists:foldl(fun({label, L}, {Map, At}) -> {Map#{L => At}, At};
                                 (_, {Map, At}) -> {Map, At + 1} end, {#{}, 0}, Program),
    list_to_tuple([resolve(I, Labels) || I <- Program, not is_tuple(I) orelse element(1, I) =/= label]).

resolve({Op, Label}, Labels) when Op =:= jump; Op =:= jump_zero; Op =:= call -> {Op, maps:get(Label, Labels)};
resolve(I, _) -> I.

loop(#vm{steps = 5000}) -> throw({trap, too_many_steps});
loop(#vm{code = Code, pc = Pc}) when Pc >= tuple_size(Code) -> throw({trap, end_of_code});
loop(Vm = #vm{code = Code, pc = Pc, steps = Steps}) ->
    case step(element(Pc + 1, Code), Vm#vm{pc = Pc + 1, steps = Steps + 1}) of
        {halt, Last} -> Last;
        Next -> loop(Next)
    end.

step({push, V}, Vm) -> Vm#vm{stack = [V | Vm#vm.stack]};
step(dup, Vm = #vm{stack = [A | S]}) -> Vm#vm{stack = [A, A | S]};
step(drop, Vm = #vm{stack = [_ | S]}) -> Vm#vm{stack = S};
step(swap, Vm = #vm{stack = [A, B | S]}) -> Vm#vm{stack = [B, A | S]};
step(neg, Vm = #vm{stack = [A | S]}) -> Vm#vm{stack = [-A | S]};
step({load, X}, Vm) -> Vm#vm{stack = [maps:get(X, Vm#vm.vars) | Vm#vm.stack]};
step({store, X}, Vm = #vm{stack = [A | S], vars = Vars}) -> Vm#vm{stack = S, vars = Vars#{X => A}};
step({jump, To}, Vm) -> Vm#vm{pc = To};
step({jump_zero, To}, Vm = #vm{stack = [0 | S]}) -> Vm#vm{stack = S, pc = To};
step({jump_zero, _}, Vm = #vm{stack = [_ | S]}) -> Vm#vm{stack = S};
step({call, To}, Vm = #vm{pc = Pc, calls = Calls}) -> Vm#vm{pc = To, calls = [Pc | Calls]};
step(ret, Vm = #vm{calls = [Pc | Calls]}) -> Vm#vm{pc = Pc, calls = Calls};
step(print, Vm = #vm{stack = [A | S], output = Out}) -> Vm#vm{stack = S, output = [A | Out]};
step(halt, Vm) -> {halt, Vm};
step(Op, Vm = #vm{stack = [B, A | S]}) when is_atom(Op) -> Vm#vm{stack = [binary(Op, A, B) | S]};
step(Op, _) -> throw({trap, {stack_underflow, Op}}).

binary(add, A, B) -> A + B;
binary(sub, A, B) -> A - B;
binary(mul, A, B) -> A * B;
binary('div', A, B) -> A div B;
binary(less, A, B) when A < B -> 1;
binary(less, _, _) -> 0;
binary(Op, _, _) -> throw({trap, {unknown, Op}}).

factorial(N) ->
    [{push, N}, {call, fact}, print, halt,
     {label, fact}, dup, {jump_zero, base}, dup, {push, 1}, sub, {call, fact}, mul, ret,
     {label, base}, drop, {push, 1}, ret].

fibonacci(N) ->
    [{push, 0}, {store, a}, {push, 1}, {store, b}, {push, N}, {store, n},
     {label, top}, {load, n}, {jump_zero, done}, {load, a}, {load, b}, dup, {store, a}, add, {store, b},
     {load, n}, {push, 1}, sub, {store, n}, {jump, top}, {label, done}, {load, a}, print, halt].

countdown(N) ->
    [{push, N}, {label, top}, dup, print, {push, 1}, sub, dup, {jump_zero, out}, {jump, top}, {label, out}, halt].

compile(E) -> expression(E) ++ [print, halt].

expression({num, N}) -> [{push, N}];
expression({var, X}) -> [{load, X}];
expression({neg, A}) -> expression(A) ++ [neg];
expression({'let', X, V, Body}) -> expression(V) ++ [{store, X}] ++ expression(Body);
expression({'if', C, T, E}) ->
    expression(C) ++ [{jump_zero, else_part}] ++ expression(T) ++ [{jump, end_part}, {label, else_part}] ++ expression(E) ++ [{label, end_part}];
expression({Op, A, B}) -> expression(A) ++ expression(B) ++ [Op].
