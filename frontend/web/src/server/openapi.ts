/** The server's own schemas, written from its OpenAPI description by `make types`. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Where in the image of a place a sound is. */
        Attention: {
            /** @description West, south, east, north in degrees; west > east across the dateline, as in RFC 7946. */
            bounds: [
                number,
                number,
                number,
                number
            ];
            columns: number;
            /** @description The concept looked for, if one was asked for. */
            concept: components["schemas"]["Concept"] | null;
            /** @description What was looked for, heaviest first; at most 8. */
            concepts: components["schemas"]["Concept"][];
            /** @description Longitude and latitude: NW, NE, SE, SW of the chip. */
            corners: [
                number,
                number
            ][];
            geojson: string;
            /** @description Row 0 in the north. 0: the middle of the background for what is sought; 1: its top 1%. */
            grid: number[][];
            gsd: number;
            imagery: components["schemas"]["ChipReference"];
            /** @enum {string} */
            method: "aggregate" | "reference";
            model: components["schemas"]["ModelReference"];
            peak: components["schemas"]["Peak"];
            png: string;
            point: components["schemas"]["Point"];
            q: string | null;
            /** @description The values drawn as a ramp's ends, the same at every place. */
            rescale: [
                number,
                number
            ];
            rows: number;
            scale: number;
            words: components["schemas"]["WordOf"][];
        };
        /** @description The patches as a GeoJSON FeatureCollection, row by row from the north-west. */
        AttentionCells: {
            attribution: string;
            /** @description West, south, east, north in degrees; west > east across the dateline, as in RFC 7946. */
            bbox: [
                number,
                number,
                number,
                number
            ];
            features: components["schemas"]["Patch"][];
            /** @description The values drawn as a ramp's ends, the same at every place. */
            rescale: [
                number,
                number
            ];
            /**
             * @default FeatureCollection
             * @constant
             */
            type: "FeatureCollection";
        };
        /** @description A background task that does not run as it should. */
        BackgroundTrouble: {
            detail: string;
            /**
             * @description waiting: it is tried again soon; failed: for good.
             * @enum {string}
             */
            state: "waiting" | "failed";
            task: string;
        };
        /** @description The brightest cell of a place. */
        BestCellAnswer: {
            lat: number;
            lon: number;
            percentile: number;
            score: number;
        };
        /** @description What this server can do, and with what. */
        Capabilities: {
            captioner: components["schemas"]["CaptionerCapability"];
            checkpoint: components["schemas"]["CheckpointCapability"];
            colormaps: components["schemas"]["Colormaps"];
            default_imagery: string;
            engines: components["schemas"]["EngineCapability"][];
            gallery: components["schemas"]["GalleryCapability"];
            imagery: components["schemas"]["ImageryCapability"][];
            limits: components["schemas"]["Limits"];
            /** @description What can be searched; the first is the default. */
            regions: string[];
            scales: number[];
            version: string;
        };
        /** @description What writes captions for `caption=generate`, whether or not it is installed here. */
        CaptionerCapability: {
            available: boolean;
            /** @description Of its weights. */
            licence: string;
            name: string;
            /** @description What it takes to use it. */
            needs: string;
            /** @description What it is asked of every image. */
            prompt: string;
        };
        /** @description A caption near the place in the shared space: of the gallery, or written for the place (`generated`). */
        CaptionMatch: {
            /** @description The name of the gallery it is from, if it is from one. */
            gallery: string | null;
            id: string;
            /** @description The kind of place the caption tells of. */
            scene: string | null;
            /** @description Cosine between the place and the caption, -1 to 1. */
            score: number;
            text: string;
        };
        /** @description The checkpoint in use: its name, content hash and sizes. */
        CheckpointCapability: {
            config: {
                [key: string]: unknown;
            };
            hash: string;
            name: string;
            /**
             * @description What images are computed in.
             * @enum {string}
             */
            precision: "float32" | "bfloat16";
        };
        /** @description The imagery that was listened to, and where to see it. */
        ChipReference: {
            attribution: string;
            /** @description West, south, east, north in degrees; west > east across the dateline, as in RFC 7946. */
            bounds: [
                number,
                number,
                number,
                number
            ];
            source: string;
            /** @description The chip itself as an image. */
            url: string;
        };
        /** @description The colour ramps of heatmaps: from little to much, and from one sound to another. */
        Colormaps: {
            diverging: string[];
            sequential: string[];
        };
        /** @description One entry of the codebook and how much of the place it makes up. */
        Concept: {
            id: number;
            name: string | null;
            /** @description Sparsemax weight, 0 to 1; all weights of a place sum to 1. */
            weight: number;
        };
        /** @description What one concept adds to a score. */
        ConceptContribution: {
            contribution: number;
            /** @description Its weight in the entry. */
            entry: number;
            id: number;
            name: string | null;
            /** @description Its weight in the place. */
            place: number;
        };
        /** @description A concept of the codebook: its name, what weighs it most, and where it is. */
        ConceptDetail: {
            captions: components["schemas"]["WeighingCaption"][];
            /** @description The brightest cell of each place nearest to the concept. */
            cells: components["schemas"]["BestCellAnswer"][];
            /** @description TileJSON of its map. */
            heatmap: string | null;
            id: number;
            name: string | null;
            /**
             * @description What the reader should know about this answer.
             * @default []
             */
            notes: string[];
            recordings: components["schemas"]["WeighingRecording"][];
            /** @description null: there is no region yet. */
            region: string | null;
            weighed: components["schemas"]["WeighingProgress"];
        };
        /** @description A part of the codebook, in order of id. */
        ConceptPage: {
            concepts: components["schemas"]["ConceptReference"][];
            /** @description How many of them have a name. */
            named: number;
            /** @description How many were passed over. */
            offset: number;
            /** @description How many concepts the codebook has. */
            total: number;
        };
        /** @description One entry of the codebook and what it is called. */
        ConceptReference: {
            id: number;
            /** @description null: not named. */
            name: string | null;
        };
        /** @description An engine that renders captions, whether or not it is installed here. */
        EngineCapability: {
            /** @description Whether it can be used now. */
            available: boolean;
            /** @description What identifies its weights; null: it is not open, or has none. */
            checkpoint: string | null;
            /** @description Whether requests that name no engine get this one. */
            default: boolean;
            /** @description Where it computes; null: it is not open. */
            device: string | null;
            formats: string[];
            /** @description Usual guidance; null: it has none. */
            guidance: number | null;
            /** @description Whether it can be told the hour and the month, and to close a loop. */
            knows_time: boolean;
            /** @description Of the sounds it makes. */
            licence: string;
            /** @description Integrated loudness of every sound, LUFS. */
            loudness: number;
            max_seconds: number;
            name: string;
            /** @description What it takes to use it. */
            needs: string;
            /** @description What its licence wants said wherever its sounds are heard. */
            notice: string;
            /** @description How long ten seconds take on this machine; null: not known yet. */
            seconds_per_10s: number | null;
            /** @description Usual steps; null: it has none. */
            steps: number | null;
        };
        /** @description The entry a place is held against. */
        EntryReference: {
            id: string;
            /** @enum {string} */
            kind: "caption" | "recording";
            text: string;
        };
        /** @description One field of a request that was refused. */
        FieldProblem: {
            detail: string;
            field: string;
        };
        /** @description How many entries the galleries hold and under which licences. */
        GalleryCapability: {
            captions: number;
            licences: {
                [key: string]: number;
            };
            parts: components["schemas"]["GalleryPart"][];
            recordings: number;
            /** @description Scales with captions of their own; other captions fit all. */
            scales: number[];
        };
        /** @description A caption or a recording of a gallery. */
        GalleryEntry: {
            /** @description Where to hear it. */
            audio: string;
            author: string;
            /** @description The name of the gallery it is from. */
            gallery: string;
            id: string;
            /** @enum {string} */
            kind: "caption" | "recording";
            licence: string;
            /** @description The scale a caption belongs to; null: it fits all. */
            scale: number | null;
            scene: string | null;
            text: string;
        };
        /** @description One of the galleries asked side by side. */
        GalleryPart: {
            captions: number;
            /** @description Entries of all but the first carry it in their ids, before a tilde. */
            name: string;
            recordings: number;
        };
        /** @description Whether the server lives. */
        Health: {
            /** @constant */
            status: "ok";
        };
        HTTPValidationError: {
            detail: components["schemas"]["ValidationError"][];
        };
        /** @description An imagery source this server was started with. */
        ImageryCapability: {
            attribution: string;
            /** @description Where the source has imagery; null: everywhere. */
            bounds: [
                number,
                number,
                number,
                number
            ] | null;
            gsd: number;
            max_zoom: number;
            min_zoom: number;
            name: string;
            /** @description Whether the source needs the network. */
            online: boolean;
            /** @description Whether it answers now; null: not known yet. */
            reachable: boolean | null;
            /** @description Tile URL template with {z}, {x} and {y}. */
            tiles: string;
        };
        /** @description A sound job as it is now. Equal requests are one job. */
        JobStatus: {
            audio: string;
            caption: string;
            engine: string;
            /** @description The same as server-sent events, until the job has ended. */
            events: string;
            guidance: number | null;
            hour: number | null;
            /** @description The content address of the sound. */
            id: string;
            licence: string;
            loop: boolean;
            /** @description As the northern half of the world counts its seasons. */
            month: number | null;
            notice: string;
            peaks: string;
            percent: number;
            /** @description Latitude and longitude said inside the file; null: of no place. */
            place: string | null;
            /** @description Its turn among the queued, from 1; null: not queued. */
            position: number | null;
            /** @description Why it failed; null: it did not. */
            reason: string | null;
            seconds: number;
            seed: number;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed" | "cancelled";
            steps: number | null;
            url: string;
        };
        /** @description What the colours of a map stand for. */
        Legend: {
            /** @enum {string} */
            by: "percentile" | "cosine";
            colormap: string;
            difference: boolean;
            opacity: number;
            rescale: [
                number,
                number
            ];
            /** @description From one colour to the next. */
            step: number;
            stops: components["schemas"]["LegendStop"][];
        };
        /** @description A value and how it is drawn. */
        LegendStop: {
            alpha: number;
            /** @description #rrggbb */
            colour: string;
            value: number;
        };
        /** @description The bounds every request is held to. */
        Limits: {
            max_body_bytes: number;
            max_k: number;
            max_pixels: number;
            max_places: number;
            /** @description Characters of a query. */
            max_query: number;
            max_seconds: number;
            /** @description Of a recording that is searched for. */
            max_upload_bytes: number;
            /** @description What lies beyond is not decoded. */
            max_upload_seconds: number;
        };
        /** @description Which checkpoint answered. */
        ModelReference: {
            checkpoint: string;
            hash: string;
        };
        /** @description A patch (GeoJSON Feature). */
        Patch: {
            /** @description GeoJSON Polygon; a MultiPolygon where the dateline cuts it. */
            geometry: {
                [key: string]: unknown;
            };
            properties: components["schemas"]["PatchProperties"];
            /**
             * @default Feature
             * @constant
             */
            type: "Feature";
        };
        /** @description A patch and how much it is what is sought. */
        PatchProperties: {
            column: number;
            /** @description The value held between the ends of the range: 0 to 1. */
            glow: number;
            row: number;
            value: number;
        };
        /** @description The brightest patch, and its middle. */
        Peak: {
            column: number;
            lat: number;
            lon: number;
            row: number;
            value: number;
        };
        /** @description The waveform of a sound: the greatest amplitude of each of equal parts, 0 to 1. */
        Peaks: {
            peaks: number[];
            seconds: number;
        };
        /** @description A connected bright area (GeoJSON Feature). */
        Place: {
            /** @description GeoJSON MultiPolygon, cut at the dateline. */
            geometry: {
                [key: string]: unknown;
            };
            properties: components["schemas"]["PlaceProperties"];
            /**
             * @default Feature
             * @constant
             */
            type: "Feature";
        };
        /** @description How well a place answers the query. */
        PlaceProperties: {
            area_km2: number;
            best: components["schemas"]["BestCellAnswer"];
            cells: number;
            mean_score: number;
            /** @description Of the best cell: 0 to 100 among what the region might be asked for. */
            percentile: number;
            rank: number;
            /** @description Of the best cell: cosine, -1 to 1; its excess over `minus` in a difference. */
            score: number;
            /** @description What the best cell sounds like. */
            soundscape: string;
        };
        /** @description A place on Earth in WGS 84 degrees. */
        Point: {
            lat: number;
            lon: number;
        };
        /** @description RFC 9457 problem details: what went wrong and what to do about it. */
        Problem: {
            detail: string;
            /** @default [] */
            errors: components["schemas"]["FieldProblem"][];
            instance: string | null;
            status: number;
            title: string;
            type: string;
        };
        /** @description How much of the region the answer rests on. */
        ProgressAnswer: {
            done: number;
            failed: number;
            total: number;
        };
        /** @description The query as the server understood it; `id` names it by content. */
        QueryReference: {
            id: string;
            minus: string;
            recording: boolean;
            text: string;
        };
        /** @description Whether the server can answer; degraded: it can, but something in the background does not run as it should. */
        Readiness: {
            /** @enum {string} */
            status: "ready" | "degraded";
            /**
             * @description Told when degraded.
             * @default []
             */
            troubles: components["schemas"]["BackgroundTrouble"][];
        };
        /** @description A gallery recording near the place in the shared space. */
        RecordingMatch: {
            author: string;
            /** @description The name of the gallery it is from. */
            gallery: string;
            id: string;
            licence: string;
            /** @description Its waveform. */
            peaks: string;
            /** @description Cosine between the place and the recording, -1 to 1. */
            score: number;
            seconds: number;
            title: string;
            url: string;
        };
        /** @description All regions; the first is the default. */
        RegionList: {
            regions: components["schemas"]["RegionReference"][];
        };
        /** @description A part of the world whose imagery has been listened to, cell by cell, or is being. */
        RegionReference: {
            attribution: string;
            /** @description West, south, east, north in degrees; west > east across the dateline, as in RFC 7946. */
            bounds: [
                number,
                number,
                number,
                number
            ];
            cells: number;
            /** @description null: not being built, or not known yet. */
            cells_per_second: number | null;
            checkpoint: string;
            /** @description Months and hours it was listened to at, as month-hour; any: not told. */
            conditions: string[];
            /** @description Cells looked at so far. */
            done: number;
            /** @description Cells whose imagery could not be had. */
            failed: number;
            gsd: number;
            /** @description Changes as more cells are listened to, and no more once all are. */
            hash: string;
            imagery: string;
            name: string;
            scale: number;
            /** @description null: not being built, or not known yet. */
            seconds_left: number | null;
            /** @enum {string} */
            state: "building" | "ready" | "partial";
            title: string;
            /** @description Cells are Web Mercator tiles of this zoom. */
            zoom: number;
        };
        /** @description The places that sound most like a query, best first (GeoJSON FeatureCollection). */
        SearchAnswer: {
            features: components["schemas"]["Place"][];
            /** @description How many places there are, listed or not. */
            found: number;
            /** @description URL of the TileJSON of the query's map. */
            heatmap: string;
            /**
             * @description What the reader should know about this answer, in plain words.
             * @default []
             */
            notes: string[];
            progress: components["schemas"]["ProgressAnswer"];
            query: components["schemas"]["QueryReference"];
            region: string;
            /**
             * @default FeatureCollection
             * @constant
             */
            type: "FeatureCollection";
        };
        /** @description The sound of the place, rendered when it is first asked for. */
        Sound: {
            engine: string;
            /** @description The content address of the sound: equal jobs are equal sounds. */
            job: string;
            /** @enum {string} */
            state: "ready" | "rendering" | "on-request";
            url: string;
        };
        /** @description What a place sounds like: captions, recordings, concepts and a sound, each with where it came from. */
        Soundscape: {
            captions: components["schemas"]["CaptionMatch"][];
            concepts: components["schemas"]["Concept"][];
            /** @description Share of probability on the top caption's scene; null without scenes. */
            confidence: number | null;
            /** @description Metres per pixel the model was told: the source's GSD times the scale. */
            gsd: number;
            imagery: components["schemas"]["ChipReference"];
            model: components["schemas"]["ModelReference"];
            /**
             * @description What the reader should know about this answer, in plain words.
             * @default []
             */
            notes: string[];
            point: components["schemas"]["Point"];
            recordings: components["schemas"]["RecordingMatch"][];
            /**
             * @description How its captions came about: the gallery's nearest, or one written for the image.
             * @enum {string}
             */
            route: "retrieval" | "generation";
            scale: number;
            sound: components["schemas"]["Sound"];
        };
        /** @description A sound to be made: of a caption, of the caption nearest to a place, or of a caption that tells of a place. */
        SynthesisRequest: {
            /** @example waves break on rocks */
            caption?: string | null;
            /** @description One of /capabilities. */
            engine?: string | null;
            guidance?: number | null;
            /** @description Heard at this local hour of the day. */
            hour?: number | null;
            /**
             * @description A source of /capabilities; auto: the best one here.
             * @default auto
             */
            imagery: string;
            lat?: number | null;
            lon?: number | null;
            /**
             * @description Whether the end meets the beginning, of engines that close loops.
             * @default false
             */
            loop: boolean;
            /** @description Heard in this month, by engines that know time. */
            month?: number | null;
            /**
             * @description How many times wider than the source's own GSD to look.
             * @default 1
             */
            scale: number;
            /** @default 10 */
            seconds: number;
            /**
             * @description Equal seeds give equal sounds.
             * @default 0
             */
            seed: number;
            /** @description Of engines that have them. */
            steps?: number | null;
        };
        /** @description A map of scores, as every web map takes it (TileJSON 3.0). */
        TileJson: {
            attribution: string;
            bounds: [
                number,
                number,
                number,
                number
            ];
            center: [
                number,
                number,
                number
            ];
            description: string;
            legend: string;
            maxzoom: number;
            minzoom: number;
            name: string;
            /**
             * @default xyz
             * @constant
             */
            scheme: "xyz";
            /**
             * @default 3.0.0
             * @constant
             */
            tilejson: "3.0.0";
            tiles: string[];
            /**
             * @description None: asked for by validators of vector maps.
             * @default []
             */
            vector_layers: unknown[];
        };
        ValidationError: {
            ctx: Record<string, never>;
            input: unknown;
            loc: (string | number)[];
            msg: string;
            type: string;
        };
        /** @description A caption and how much of it is the concept. */
        WeighingCaption: {
            id: string;
            scene: string | null;
            text: string;
            weight: number;
        };
        /** @description How many entries of the gallery have been weighed; none: not begun. */
        WeighingProgress: {
            done: number;
            total: number;
        };
        /** @description A recording and how much of it is the concept. */
        WeighingRecording: {
            id: string;
            title: string;
            url: string;
            weight: number;
        };
        /** @description Why a place and an entry of the gallery are alike: their score as a sum over concepts. */
        Why: {
            /** @description Those that add or take most. */
            concepts: components["schemas"]["ConceptContribution"][];
            entry: components["schemas"]["EntryReference"];
            formula: string;
            model: components["schemas"]["ModelReference"];
            /** @description What all other concepts add: contributions and rest sum to the score. */
            rest: number;
            /** @description Cosine between the place and the entry, -1 to 1. */
            score: number;
            /** @description How many concepts both weigh. */
            shared: number;
        };
        /** @description A word of the query, and the characters [start, end) it stands at. */
        WordOf: {
            /** @description Whether it is looked for. */
            chosen: boolean;
            end: number;
            start: number;
            word: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
