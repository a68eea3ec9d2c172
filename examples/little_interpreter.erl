%% A little Lisp: a reader, an evaluator with closures and recursion, and a printer.
%%
%% Shows pattern matching, maps as environments, and exceptions as errors. Run it:
%%     erlc -o examples examples/little_interpreter.erl
%%     lam run examples/little_interpreter.beam
%%     lam run examples/little_interpreter.beam '(* 6 7)'
-module(little_interpreter).
-export([main/0, main/1]).

main() -> main([]).

main([]) -> main(examples());
main(Lines) ->
    lists:foldl(fun(Line, Globals) ->
        {Text, Next} = run(Line, Globals),
        io:format("> ~s~n~s~n", [Line, Text]),
        Next
    end, globals(), Lines),
    ok.

examples() ->
    ["(+ 1 (* 2 3))",
     "(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))",
     "(fact 30)",
     "(define (map f l) (if (null? l) l (cons (f (car l)) (map f (cdr l)))))",
     "(map (lambda (x) (* x x)) (quote (1 2 3 4)))",
     "(define (adder n) (lambda (x) (+ x n)))",
     "((adder 10) 32)",
     "(let x 5 (let y (+ x 1) (* x y)))",
     "(car (quote ()))",
     "(no-such-function 1)",
     "(+ 1"].

%% The text of the value, and the definitions as they are afterwards.
run(Line, Globals) ->
    try
        case read(tokens(Line)) of
            {[define, [Name | Params] | Body], []} -> {atom_to_list(Name), Globals#{Name => {closure, Params, Body, #{}}}};
            {[define, Name, Value], []} -> {atom_to_list(Name), Globals#{Name => eval(Value, #{}, Globals)}};
            {Form, []} -> {print(eval(Form, #{}, Globals)), Globals}
        end
    catch
        throw:{wrong, What} -> {["error: ", What], Globals};
        error:_ -> {"error: this makes no sense", Globals}
    end.

tokens(Text) -> string:lexemes(lists:flatmap(fun spaced/1, Text), " ").

spaced($() -> " ( ";
spaced($)) -> " ) ";
spaced(C) -> [C].

read(["(" | Rest]) -> read_list(Rest, []);
read([Token | Rest]) ->
    case string:to_integer(Token) of
        {N, ""} -> {N, Rest};
        _ -> {list_to_atom(Token), Rest}
    end;
read([]) -> throw({wrong, "a bracket is missing"}).

read_list([")" | Rest], Items) -> {lists:reverse(Items), Rest};
read_list(Tokens, Items) ->
    {Item, Rest} = read(Tokens),
    read_list(Rest, [Item | Items]).

eval(N, _, _) when is_integer(N) -> N;
eval(Name, Locals, Globals) when is_atom(Name) ->
    case {Locals, Globals} of
        {#{Name := Value}, _} -> Value;
        {_, #{Name := Value}} -> Value;
        _ -> throw({wrong, [atom_to_list(Name), " is not defined"]})
    end;
eval([quote, Form], _, _) -> Form;
eval(['if', Test, Then, Else], Locals, Globals) ->
    case eval(Test, Locals, Globals) of
        false -> eval(Else, Locals, Globals);
        _ -> eval(Then, Locals, Globals)
    end;
eval(['let', Name, Value, Body], Locals, Globals) ->
    eval(Body, Locals#{Name => eval(Value, Locals, Globals)}, Globals);
eval([lambda, Params | Body], Locals, _) -> {closure, Params, Body, Locals};
eval([Function | Args], Locals, Globals) ->
    apply_to(eval(Function, Locals, Globals), [eval(Arg, Locals, Globals) || Arg <- Args], Globals).

apply_to({primitive, F}, Args, _) -> apply(F, Args);
apply_to({closure, Params, Body, Locals}, Args, Globals) when length(Params) =:= length(Args) ->
    Inner = maps:merge(Locals, maps:from_list(lists:zip(Params, Args))),
    lists:foldl(fun(Form, _) -> eval(Form, Inner, Globals) end, [], Body);
apply_to(Value, Args, _) ->
    throw({wrong, [print(Value), " does not take ", integer_to_list(length(Args)), " arguments"]}).

globals() ->
    Primitives = #{'+' => fun(A, B) -> A + B end, '-' => fun(A, B) -> A - B end, '*' => fun(A, B) -> A * B end,
                   '<' => fun(A, B) -> A < B end, '=' => fun(A, B) -> A =:= B end, 'null?' => fun(L) -> L =:= [] end,
                   cons => fun(H, T) -> [H | T] end, cdr => fun([_ | T]) -> T end,
                   car => fun([H | _]) -> H; (_) -> throw({wrong, "car of an empty list"}) end},
    maps:map(fun(_, F) -> {primitive, F} end, Primitives).

print({closure, _, _, _}) -> "a function";
print({primitive, _}) -> "a primitive function";
print(List) when is_list(List) -> ["(", lists:join(" ", [print(Item) || Item <- List]), ")"];
print(Other) -> io_lib:format("~w", [Other]).
